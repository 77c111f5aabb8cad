//! Every property in every place of a search, with its permission and without.

use client_domain::search::{Operator, Property, PropertyKind, Takes};
use client_domain::{ClientState, Permission, Permissions};
use client_wire::spec::OperationSpec;
use client_wire::{Code, OPERATIONS, Status};
use serde_json::{Map, Value, json};

use super::fixtures::{ONE, OTHER, Outcome, World, all_but, only};
use crate::bank::{Bank, adaeze};
use crate::kyc_documents::fixtures::passport;

fn list() -> &'static OperationSpec {
    OPERATIONS.iter().find(|spec| spec.name == "RetrieveContactListQuery").unwrap()
}

fn value(property: Property, operator: Operator) -> Value {
    let one = match property.kind() {
        PropertyKind::Text => json!("Z9"),
        PropertyKind::Number => json!(1),
        PropertyKind::Date | PropertyKind::Time => json!("2027-01-01"),
        PropertyKind::Choice => json!(property.choices().unwrap().names[0]),
        PropertyKind::Key => json!("ikeja-01"),
        PropertyKind::YesNo => json!(true),
    };
    match operator.takes() {
        Takes::Nothing => Value::Null,
        Takes::One => one,
        Takes::Two => json!([one, one]),
        Takes::Many => json!([one]),
        Takes::Days => json!(30),
    }
}

/// One condition in every place where a filter takes one, and the path of its property there.
fn places(property: Property, operator: Operator) -> Vec<(Value, String)> {
    let value = value(property, operator);
    let named = json!({ "propertyName": property.name(), "operator": operator.name(), "value": value });
    let shouted =
        json!({ "field": property.name().to_uppercase(), "operator": operator.name(), "value": value });
    let other = json!({ "propertyName": "id", "operator": "GreaterThan", "value": 0 });
    let group = |logic: &str, filters: Value| json!({ "logic": logic, "filters": filters });
    let path = |before: &str| format!("{before}.propertyName");
    vec![
        (json!([named]), path("filters[0]")),
        (json!([shouted]), "filters[0].field".to_owned()),
        (json!([other, named]), path("filters[1]")),
        (json!([group("or", json!([other, named]))]), path("filters[0].filters[1]")),
        (json!([group("not", json!([named]))]), path("filters[0].filters[0]")),
        (
            json!([group("and", json!([group("or", json!([group("not", json!([named]))]))]))]),
            path("filters[0].filters[0].filters[0].filters[0]"),
        ),
    ]
}

async fn search(world: &World, permissions: &Permissions, members: Value) -> Outcome {
    world.ask_with(list(), members.as_object().unwrap().clone(), permissions.clone(), false).await
}

/// The paths and properties of a search that was forbidden; none if it was not.
fn forbidden(outcome: &Outcome) -> Vec<(String, Option<String>)> {
    let Err(failure) = outcome else { return Vec::new() };
    if failure.status != Status::Forbidden {
        return Vec::new();
    }
    assert!(failure.items.iter().all(|item| item.code == Code::PermissionMissing), "{failure:?}");
    let property = |item: &client_wire::Item| Some(item.details.get("property")?.as_str()?.to_owned());
    failure.items.iter().map(|item| (item.field.clone().unwrap_or_default(), property(item))).collect()
}

#[tokio::test]
async fn search_by_a_property_requires_its_permission() {
    let (one, other) =
        (World::new(ClientState::Approved, &ONE).await, World::new(ClientState::Approved, &OTHER).await);
    let mut sets: Vec<_> = Permission::ALL.into_iter().map(all_but).collect();
    sets.extend([only(&[Permission::Read]), only(&[Permission::Read, Permission::KycRead])]);
    let (mut cells, mut distinguishing) = (0, 0);
    for permissions in sets.into_iter().filter(|set| set.holds(Permission::Read)) {
        for property in Property::ALL.iter().copied() {
            for operator in property.kind().operators().iter().copied() {
                for (filters, path) in places(property, operator) {
                    let outcome = search(&one, &permissions, json!({ "filters": filters })).await;
                    if permissions.holds(property.permission()) {
                        let found = outcome.unwrap();
                        let elsewhere =
                            search(&other, &permissions, json!({ "filters": filters })).await.unwrap();
                        distinguishing +=
                            usize::from(found.data["totalCount"] != elsewhere.data["totalCount"]);
                        if property.permission() == Permission::Read {
                            assert_eq!(found.data, elsewhere.data, "{filters}");
                        }
                    } else {
                        let expected = vec![(path, Some(property.name().to_owned()))];
                        assert_eq!(forbidden(&outcome), expected, "{filters}");
                    }
                    cells += 1;
                }
            }
            let sorted =
                search(&one, &permissions, json!({ "sort": [{ "propertyName": property.name() }] })).await;
            let closed = !permissions.holds(property.permission());
            assert_eq!(!forbidden(&sorted).is_empty(), closed, "{property:?}");
            assert_eq!(sorted.is_ok(), !closed && property.is_sortable(), "{property:?}");
            cells += 1;
        }
    }
    println!(
        "{cells} searches: 0 leaks; {distinguishing} of those that are permitted distinguish the two worlds"
    );
    assert!(cells > 10_000 && distinguishing > 100, "{cells} {distinguishing}");
}

#[tokio::test]
async fn all_forbidden_properties_are_reported_together() {
    let world = World::new(ClientState::Approved, &ONE).await;
    let members = json!({
        "filters": [
            { "propertyName": "documentNumber", "operator": "NoSuchOperator", "value": "Z9" },
            { "propertyName": "firstName", "operator": "Equals", "value": 7 },
            { "logic": "or", "filters": [{ "field": "KYCSTATUS", "operator": "Equals", "value": "nonsense" }] },
        ],
        "sort": [{ "propertyName": "documentExpiryDate" }],
        "pageSize": 0,
    });
    let outcome = search(&world, &only(&[Permission::Read]), members).await;
    let expected = [
        ("sort[0].propertyName", "documentExpiryDate"),
        ("filters[0].propertyName", "documentNumber"),
        ("filters[2].filters[0].field", "kycStatus"),
    ];
    let expected: Vec<_> =
        expected.into_iter().map(|(path, name)| (path.to_owned(), Some(name.to_owned()))).collect();
    assert_eq!(forbidden(&outcome), expected);
}

#[tokio::test]
async fn catalogue_and_choices_list_only_permitted_properties() {
    let world = World::new(ClientState::Approved, &ONE).await;
    let fields = OPERATIONS.iter().find(|spec| spec.name == "RetrieveSearchFieldsQuery").unwrap();
    for permissions in [only(&[Permission::Read]), only(&[Permission::Read, Permission::KycRead])] {
        let open: Vec<_> = Property::open_to(&permissions).map(Property::name).collect();
        assert_eq!(open.contains(&"documentNumber"), permissions.holds(Permission::KycRead));
        let catalogue = world.ask_with(fields, Map::new(), permissions.clone(), false).await.unwrap().data;
        let named: Vec<_> = catalogue["properties"].as_array().unwrap().iter().collect();
        assert_eq!(
            named.iter().map(|entry| entry["propertyName"].as_str().unwrap()).collect::<Vec<_>>(),
            open
        );

        let wrong = json!({
            "filters": [{ "propertyName": "shoeSize", "operator": "Equals", "value": 44 }],
            "sort": [{ "propertyName": "shoeSize" }],
        });
        let failure = search(&world, &permissions, wrong).await.unwrap_err();
        let choices = |item: &client_wire::Item| item.details["choices"].as_array().unwrap().clone();
        let all: Vec<_> = failure.items.iter().flat_map(choices).collect();
        assert!(all.iter().all(|name| open.contains(&name.as_str().unwrap())), "{all:?}");
    }
}

#[tokio::test]
async fn cursor_gives_no_access_to_a_caller_without_the_permission() {
    let world = World::new(ClientState::Approved, &ONE).await;
    let applicant = crate::bank::applicant(7);
    let create = OPERATIONS.iter().find(|spec| spec.name == "CreateContactCommand").unwrap();
    let data = applicant.as_object().unwrap().clone();
    world.ask_with(create, data, Permissions::all(), false).await.unwrap();
    let filters = json!([{ "propertyName": "documentNumber", "operator": "NotEquals", "value": "Q9" }]);
    let page = json!({ "filters": filters, "pageSize": 1 });
    let first = search(&world, &Permissions::all(), page.clone()).await.unwrap().data;
    let cursor = first["nextCursor"].as_str().unwrap();
    let reader = only(&[Permission::Read]);
    let same = json!({ "filters": filters, "pageSize": 1, "cursor": cursor });
    assert_eq!(forbidden(&search(&world, &reader, same).await).len(), 1);
    let without = json!({ "pageSize": 1, "cursor": cursor });
    let failure = search(&world, &reader, without).await.unwrap_err();
    assert_eq!(failure.items[0].code, Code::CursorInvalid);
}

/// Over a real socket: an earlier release disclosed a document number letter by letter.
#[tokio::test]
async fn document_number_cannot_be_guessed_letter_by_letter() {
    let bank = Bank::open().await;
    bank.maker("CreateContactCommand", adaeze()).await.data();
    let mut document = passport("CUST1000001");
    document["idNumber"] = json!("Z98765432");
    bank.submit(document).await;
    let reader = Bank::token("reader", only(&[Permission::Read]));
    let ask = async |value: &str| {
        let filters = json!([
            { "propertyName": "encodedKey", "operator": "IsNotEmpty" },
            { "propertyName": "documentNumber", "operator": "StartsWith", "value": value },
        ]);
        let body = json!({ "queryName": "RetrieveContactListQuery", "data": { "filters": filters } });
        bank.post("/api/bpm/qry", &reader, &body, &[]).await
    };
    let (right, wrong) = (ask("Z9").await, ask("Y9").await);
    assert_eq!((right.status, right.codes()), (403, vec!["permission_missing".to_owned()]));
    assert_eq!(right.body["errors"][0]["field"], "filters[1].propertyName");
    assert_eq!(right.details()["permission"], "customers.kyc.read");
    assert_eq!(right.body, wrong.body);
}
