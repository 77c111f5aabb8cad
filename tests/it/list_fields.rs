//! `fields` of the list: further members of each client, equal to those of the client that is read alone.

use std::collections::BTreeSet;
use std::time::Duration;

use client_app::ports::Branch;
use client_domain::value::{AccountOfficerId, BranchKey};
use client_domain::{Permission, Permissions};
use client_wire::find_operation;
use client_wire::spec::{FieldSpec, Shape};
use serde_json::{Map, Value, json};

use crate::bank::{Bank, Setup, With as _, adaeze, applicant};
use crate::kyc_documents::fixtures::{Postgres, passport};
use crate::replies::check;

/// The names that `fields` takes.
fn names() -> Vec<&'static str> {
    let list = find_operation("RetrieveContactListQuery").unwrap();
    let fields = list.fields.iter().find(|field| field.name == "fields").unwrap();
    match fields.shape {
        Shape::List { of: Shape::Choice(names), .. } => names.to_vec(),
        ref other => panic!("{other:?}"),
    }
}

/// Clients in every stage: pending, requested, approved, rejected, and exited with a return.
async fn populate(bank: &Bank) {
    bank.branches
        .set_branch(BranchKey::parse("ikeja-01").unwrap(), Branch { id: Some(17), name: "Ikeja".to_owned() });
    bank.branches.set_officer(AccountOfficerId::new(5).unwrap(), "Ms Bello");
    let key = |n: usize| json!({ "contactEncodedKey": format!("CUST100000{n}") });
    let reason = |n| key(n).with(json!({ "reason": "As agreed." }));
    for n in 1..=5 {
        bank.clock.advance(Duration::from_secs(1));
        let own = json!({ "middleName": "Ngozi", "maritalStatus": 2, "accountOfficerId": if n % 2 == 1 { 5 } else { 6 } });
        let branch = if n == 4 { json!({ "branchEncodedKey": "lekki-02" }) } else { json!({}) };
        bank.maker("CreateContactCommand", applicant(n).with(own).with(branch)).await.data();
    }
    let document = bank.submit(passport("CUST1000001")).await;
    bank.approve_document(&document).await.data();
    bank.maker("RequestCustomerApprovalCommand", key(2)).await.data();
    bank.checker("ApproveCustomerCommand", key(3)).await.data();
    let rejection = key(4).with(json!({ "rejectionReason": "Not genuine." }));
    bank.checker("RejectCustomerCommand", rejection).await.data();
    bank.checker("ApproveCustomerCommand", key(5)).await.data();
    bank.maker("ExitCustomerCommand", reason(5)).await.data();
    bank.maker("ReturnCustomerCommand", reason(5)).await.data();
}

async fn compare_with_single_clients(bank: &Bank) {
    populate(bank).await;
    let names = names();
    let plain = bank.query("RetrieveContactListQuery", json!({})).await.data();
    let answer = bank.query("RetrieveContactListQuery", json!({ "fields": names })).await;
    check("RetrieveContactListQuery", &answer);
    let listed = answer.data();
    assert_eq!(listed["contacts"].as_array().unwrap().len(), 6);
    let approval: BTreeSet<_> =
        ["requestedBy", "requestDate", "approvedBy", "approvalDate", "rejectedBy", "rejectionDate"].into();
    for (item, published) in
        listed["contacts"].as_array().unwrap().iter().zip(plain["contacts"].as_array().unwrap())
    {
        for (name, value) in published.as_object().unwrap() {
            assert_eq!(item[name], *value, "{name}");
        }
        let key = json!({ "contactEncodedKey": item["contactEncodedKey"] });
        let single = bank.query("RetrieveContactByIdQuery", key).await.data();
        for name in names.iter().filter(|name| !approval.contains(*name)) {
            assert_eq!(item.get(*name), single.get(*name), "{name} of {}", item["id"]);
        }
        let known = published.as_object().unwrap().len() + names.len();
        assert_eq!(item.as_object().unwrap().len(), known);
    }
    let of = |id: i64, name: &str| {
        let contacts = listed["contacts"].as_array().unwrap();
        contacts.iter().find(|one| one["id"] == id).unwrap()[name].clone()
    };
    assert_eq!((of(2, "requestedBy"), of(3, "requestedBy")), (json!("maker@example.com"), Value::Null));
    assert_eq!((of(3, "approvedBy"), of(2, "approvedBy")), (json!("checker@example.com"), Value::Null));
    assert_eq!(
        (of(4, "rejectedBy"), of(4, "approvalStatus")),
        (json!("checker@example.com"), json!("Rejected"))
    );
    assert!(of(4, "rejectionDate").as_str().unwrap().ends_with('Z') && of(4, "requestDate").is_null());
    assert_eq!((of(1, "kycStatus"), of(2, "kycStatus")), (json!("Verified"), json!("None")));
    assert_eq!((of(1, "branchName"), of(4, "branchName")), (json!("Ikeja"), Value::Null));
    assert_eq!((of(1, "accountOfficerName"), of(2, "accountOfficerName")), (json!("Ms Bello"), Value::Null));
    assert_eq!(of(6, "formerContactEncodedKey"), of(5, "contactEncodedKey"));
    assert_eq!(of(5, "returnedAsContactEncodedKey"), of(6, "contactEncodedKey"));
}

#[tokio::test]
async fn further_members_equal_those_of_a_single_client() {
    compare_with_single_clients(&Bank::open().await).await;
}

#[tokio::test]
async fn further_members_equal_those_of_a_single_client_on_postgres() {
    let postgres = Postgres::start().await;
    compare_with_single_clients(&postgres.bank_with(Setup::default()).await).await;
}

/// The body of an answer as text, for a comparison byte for byte.
async fn text(bank: &Bank, data: Value) -> String {
    let body = json!({ "queryName": "RetrieveContactListQuery", "data": data });
    let request =
        bank.http().post(bank.url("/api/bpm/qry")).bearer_auth(Bank::everything("reader")).json(&body);
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn list_without_fields_is_as_published() {
    let bank = Bank::open().await;
    bank.maker("CreateContactCommand", adaeze()).await.data();
    let published = text(&bank, json!({})).await;
    let key = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data()["encodedKey"].clone();
    let expected = json!({
        "isSuccessful": true, "statusCode": "00", "message": "Contact list retrieved successfully.",
        "data": {
            "totalCount": 1, "pageNumber": 1, "pageSize": 50, "nextCursor": null,
            "contacts": [{
                "contactEncodedKey": key, "id": 1, "customerNumber": "CUST1000001", "firstName": "Adaeze",
                "lastName": "Okafor", "emailAddress": "adaeze.okafor@example.com", "phoneNumber": "+2348031234567",
                "isBlacklisted": false, "clientState": 3, "clientStateDescription": "Pending Approval",
                "branchEncodedKey": "ikeja-01", "dateCreated": "2026-01-05T09:00:00Z",
                "lastModified": "2026-01-05T09:00:00Z", "version": 1, "foundByFormerName": false,
            }],
        },
    });
    assert_eq!(serde_json::from_str::<Value>(&published).unwrap(), expected);
    assert_eq!(text(&bank, json!({ "fields": [] })).await, published);
    assert_eq!(text(&bank, json!({ "fields": null })).await, published);
}

#[tokio::test]
async fn unknown_field_is_refused_by_name() {
    let bank = Bank::open().await;
    let fields = json!(["kycStatus", "kycstatus", "firstName", "allowedActions", 7, "x"]);
    let refused = bank.query("RetrieveContactListQuery", json!({ "fields": fields })).await;
    let errors: Vec<_> =
        refused.body["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(errors, ["fields[1]", "fields[2]", "fields[3]", "fields[4]", "fields[5]"]);
    assert_eq!(refused.codes(), ["choice", "choice", "choice", "wrong_type", "choice"]);
    assert_eq!(refused.details()["nearest"], "kycStatus");
    let messages: Vec<_> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages[0], "must be the name of a further member; did you mean kycStatus?");
    assert_eq!(messages[1], "must be left out: every client of the list has this member");
    assert_eq!(messages[3], "must be the name of a member");
}

/// A cursor goes on with other fields, and the KYC status is null for callers who may not see it.
#[tokio::test]
async fn fields_do_not_change_what_is_found() {
    let bank = Bank::open().await;
    for n in 1..=3 {
        bank.maker("CreateContactCommand", applicant(n)).await.data();
    }
    let first = bank
        .query("RetrieveContactListQuery", json!({ "pageSize": 2, "fields": ["kycStatus"] }))
        .await
        .data();
    let rest = json!({ "pageSize": 2, "cursor": first["nextCursor"], "fields": ["city", "requestedBy"] });
    let rest = bank.query("RetrieveContactListQuery", rest).await.data();
    let last = rest["contacts"][0].as_object().unwrap();
    assert_eq!((rest["contacts"].as_array().unwrap().len(), &last["city"]), (1, &json!("Ikeja")));
    assert!(last["requestedBy"].is_null() && !last.contains_key("kycStatus"));

    let without: Permissions =
        Permission::ALL.into_iter().filter(|one| *one != Permission::KycRead).collect();
    let body =
        json!({ "queryName": "RetrieveContactListQuery", "data": { "fields": ["kycStatus", "city"] } });
    let shown = bank.post("/api/bpm/qry", &Bank::token("reader", without), &body, &[]).await.data();
    let contacts: Vec<&Map<_, _>> =
        shown["contacts"].as_array().unwrap().iter().filter_map(Value::as_object).collect();
    assert!(contacts.iter().all(|one| one["kycStatus"].is_null() && one["city"] == "Ikeja"));
    assert_eq!(contacts.len(), 3);
}

#[test]
fn names_are_of_members_that_the_list_does_not_have_already() {
    let names = names();
    let members =
        |operation: &str| -> Vec<&FieldSpec> { find_operation(operation).unwrap().reply.iter().collect() };
    let list = members("RetrieveContactListQuery");
    let item = list.iter().find(|field| field.name == "contacts").unwrap();
    let Shape::List { of: Shape::Object(item), .. } = item.shape else { panic!("a list of objects") };
    let described: BTreeSet<_> = item.iter().map(|field| field.name).collect();
    assert_eq!(described.len(), item.len());
    assert!(names.iter().all(|name| described.contains(name)));
    for one in members("RetrieveContactByIdQuery") {
        let left_out = ["encodedKey", "allowedActions"].contains(&one.name);
        assert_eq!(described.contains(one.name), !left_out, "{}", one.name);
    }
}
