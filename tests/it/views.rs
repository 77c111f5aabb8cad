//! Saved views on the wire: saved, listed, checked anew, and deleted.

use std::sync::Arc;

use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
use client_app::ports::{SavedView, SavedViews as _, ViewBounds};
use client_app::{BackOffice, Caller, Clients};
use client_domain::value::ViewName;
use client_domain::{Actor, Permission, Permissions};
use client_wire::Operations as _;
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, With as _};
use crate::replies::check;

async fn save(bank: &Bank, person: &str, data: Value) -> Answer {
    bank.command(&Bank::everything(person), "SaveViewCommand", data, &[]).await
}

async fn views(bank: &Bank, token: &str) -> Vec<Value> {
    let body = json!({ "queryName": "RetrieveViewsQuery", "data": {} });
    let answer = bank.post("/api/bpm/qry", token, &body, &[]).await;
    check("RetrieveViewsQuery", &answer);
    answer.data()["views"].as_array().unwrap().clone()
}

fn view(name: &str, search: Value) -> Value {
    [("name".to_owned(), name.into()), ("search".to_owned(), search)].into_iter().collect()
}

fn only(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}

#[tokio::test]
async fn saved_view_comes_back_as_a_search_that_the_list_takes() {
    let bank = Bank::open().await;
    let search = json!({
        "searchTerm": "okafor", "status": ["PendingApproval", 4], "startDate": "2026-01-01",
        "filters": [{ "logic": "or", "filters": [
            { "propertyName": "city", "operator": "In", "value": ["Ikeja"] },
            { "propertyName": "age", "operator": "GreaterThan", "value": 30 },
        ] }],
        "sort": [{ "propertyName": "lastName", "direction": "desc" }, { "propertyName": "id" }],
    });
    let data = view(" Mine ", search.clone()).with(json!({ "columns": ["customerNumber", "kycStatus"] }));
    let saved = save(&bank, "maker", data.clone()).await;
    check("SaveViewCommand", &saved);
    assert_eq!(saved.data()["shared"], false);
    let seen = views(&bank, &Bank::everything("maker")).await;
    let expected = json!({
        "name": "Mine", "ownerId": "maker", "owner": "maker@example.com", "mine": true, "shared": false,
        "savedAt": "2026-01-05T09:00:00Z", "search": search, "columns": ["customerNumber", "kycStatus"],
        "usable": true, "problems": [],
    });
    assert_eq!(seen, [expected]);
    bank.query("RetrieveContactListQuery", seen[0]["search"].clone()).await.data();
    assert_eq!(views(&bank, &Bank::everything("checker")).await, [] as [Value; 0]);

    // Saved again under its name it is replaced, and shared.
    let shared = view("Mine", json!({})).with(json!({ "shared": true }));
    assert_eq!(save(&bank, "maker", shared).await.data()["shared"], true);
    let seen = views(&bank, &Bank::everything("checker")).await;
    assert_eq!((&seen[0]["mine"], &seen[0]["search"]), (&json!(false), &json!({})));
    assert_eq!(views(&bank, &Bank::everything("maker")).await.len(), 1);
    // Nothing of it is about a client.
    assert_eq!(bank.query("RetrieveActivityQuery", json!({})).await.data()["entries"], json!([]));
}

#[tokio::test]
async fn wrong_searches_are_refused_at_their_place() {
    let bank = Bank::open().await;
    for (search, code, field) in [
        (json!({ "pageSize": 9 }), "unknown_member", "search.pageSize"),
        (json!({ "status": ["Sleeping"] }), "choice", "search.status[0]"),
        (
            json!({ "filters": [{ "propertyName": "shoeSize", "operator": "Equals", "value": 7 }] }),
            "unknown_property",
            "search.filters[0].propertyName",
        ),
        (json!({ "sort": [{ "propertyName": "shoeSize" }] }), "choice", "search.sort[0].propertyName"),
        (json!({ "searchTerm": "a", "searchText": "b" }), "exactly_one", "search.searchTerm"),
        (json!("all"), "wrong_type", "search"),
        (Value::Null, "required", "search"),
    ] {
        let refused = save(&bank, "maker", view("Wrong", search.clone())).await;
        assert_eq!((refused.status, refused.codes()), (400, vec![code.to_owned()]), "{search}");
        assert_eq!(refused.body["errors"][0]["field"], field);
    }
    let columns = view("Wrong", json!({})).with(json!({ "columns": ["customerNumber", "shoeSize"] }));
    let refused = save(&bank, "maker", columns).await;
    assert_eq!(
        (refused.codes(), &refused.body["errors"][0]["field"]),
        (vec!["choice".to_owned()], &json!("columns[1]"))
    );
    for name in [json!(""), json!("x".repeat(61)), json!("two\nlines"), Value::Null] {
        assert_eq!(save(&bank, "maker", json!({ "name": name, "search": {} })).await.status, 400, "{name}");
    }
    let value = "x".repeat(200);
    let values: Vec<_> = (0..100).map(|n| format!("{n}{value}")).collect();
    let large = json!({ "filters": [{ "propertyName": "city", "operator": "In", "value": values }] });
    assert_eq!(save(&bank, "maker", view("Large", large)).await.codes(), ["filter_too_large"]);
    assert_eq!(views(&bank, &Bank::everything("maker")).await, [] as [Value; 0]);
}

#[tokio::test]
async fn sharing_takes_its_permission_and_so_does_deleting_what_others_share() {
    let bank = Bank::open().await;
    let reader = Bank::token("reader", only(&[Permission::Read]));
    let sharer = Bank::token("sharer", only(&[Permission::Read, Permission::ViewsShare]));
    let command = async |token: &str, name: &str, data: Value| bank.command(token, name, data, &[]).await;
    let for_all = |name: &str| view(name, json!({})).with(json!({ "shared": true }));
    let refused = command(&reader, "SaveViewCommand", for_all("Ours")).await;
    assert_eq!((refused.status, &refused.details()["permission"]), (403, &json!("customers.views.share")));
    command(&reader, "SaveViewCommand", view("Own", json!({}))).await.data();
    command(&sharer, "SaveViewCommand", for_all("Ours")).await.data();
    assert_eq!(views(&bank, &reader).await.len(), 2);

    let theirs = json!({ "name": "Ours", "ownerId": "sharer" });
    assert_eq!(command(&reader, "DeleteViewCommand", theirs.clone()).await.status, 403);
    // Another person's own view is as if it were not there.
    let hidden = json!({ "name": "Own", "ownerId": "reader" });
    assert_eq!(command(&sharer, "DeleteViewCommand", hidden).await.data()["deleted"], false);
    let other = Bank::token("other", only(&[Permission::Read, Permission::ViewsShare]));
    let tried = json!({ "commandName": "DeleteViewCommand", "data": theirs, "dryRun": true });
    let tried = bank.post("/api/bpm/cmd", &other, &tried, &[]).await;
    assert_eq!((&tried.data()["deleted"], &tried.data()["dryRun"]), (&json!(true), &json!(true)));
    let deleted = command(&other, "DeleteViewCommand", theirs.clone()).await;
    check("DeleteViewCommand", &deleted);
    assert_eq!(deleted.data()["deleted"], true);
    assert_eq!(command(&other, "DeleteViewCommand", theirs).await.data()["deleted"], false);
    let own = json!({ "name": "Own" });
    assert_eq!(command(&reader, "DeleteViewCommand", own).await.data()["deleted"], true);
    assert_eq!(views(&bank, &reader).await, [] as [Value; 0]);
}

#[tokio::test]
async fn view_of_concealed_values_says_why_and_shows_none() {
    let bank = Bank::open().await;
    let number = json!([{ "propertyName": "documentNumber", "operator": "StartsWith", "value": "Z98" }]);
    let data = view("Papers", json!({ "filters": number })).with(json!({ "shared": true }));
    save(&bank, "checker", data.clone()).await.data();
    let reader = Bank::token("reader", only(&[Permission::Read]));
    let seen = views(&bank, &reader).await;
    assert_eq!((&seen[0]["usable"], &seen[0]["search"]), (&json!(false), &Value::Null));
    let problem = &seen[0]["problems"][0];
    assert_eq!(problem["code"], "permission_missing");
    assert_eq!(problem["field"], "search.filters[0].propertyName");
    assert!(!seen[0].to_string().contains("Z98"));
    // And cannot be saved without the permission.
    let refused =
        bank.command(&reader, "SaveViewCommand", view("Mine", json!({ "filters": number })), &[]).await;
    assert_eq!(refused.status, 403);
}

/// The catalogue of a later release may lack a property, and the view stays.
#[tokio::test]
async fn view_that_no_longer_holds_says_why() {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap()));
    let clients = Clients::new(store.clone(), clock, Arc::new(CountingKeys::default()))
        .with_back_office(BackOffice::new(store.clone(), store.clone(), store.clone()));
    let filters = json!([{ "propertyName": "shoeSize", "operator": "Equals", "value": 7 }]);
    let view = SavedView {
        by: Actor::parse("reader").unwrap(),
        name: ViewName::parse("Old").unwrap(),
        shared: true,
        search: json!({ "filters": filters, "status": ["Approved"] }).to_string(),
        columns: vec!["shoeSize".to_owned()],
        saved_at: "2026-01-05T09:00:00Z".parse().unwrap(),
    };
    // Of the columns alone, nothing is concealed.
    let columns = SavedView {
        name: ViewName::parse("Columns").unwrap(),
        search: json!({ "status": ["Approved"] }).to_string(),
        ..view.clone()
    };
    for view in [&view, &columns] {
        store.save_view(view, ViewBounds { own: 2, shared: 2 }).await.unwrap();
    }
    let seen_by = async |person: &str| {
        let caller = Caller::new(Actor::parse(person).unwrap(), Permissions::all());
        let reply =
            clients.query_by_name("RetrieveViewsQuery", serde_json::Map::new(), caller).await.unwrap();
        let views = reply.data["views"].as_array().unwrap().clone();
        let named = |name: &str| views.iter().find(|view| view["name"] == name).unwrap().clone();
        [named("Old"), named("Columns")]
    };
    let [own, columns] = seen_by("reader").await;
    assert_eq!((&own["usable"], &own["search"]["status"]), (&json!(false), &json!(["Approved"])));
    assert_eq!((&columns["usable"], &columns["search"]["status"]), (&json!(false), &json!(["Approved"])));
    // Who may see the values of an unknown property is unknown as well.
    let [old, columns] = seen_by("other").await;
    assert_eq!((&old["usable"], &old["search"]), (&json!(false), &Value::Null));
    assert_eq!(columns["search"]["status"], json!(["Approved"]));
    for seen in [own, old] {
        let problems: Vec<_> = seen["problems"].as_array().unwrap().iter().map(|one| &one["field"]).collect();
        assert_eq!(problems, ["search.filters[0].propertyName", "columns[0]"]);
    }
}

#[tokio::test]
async fn person_has_at_most_fifty_views() {
    let bank = Bank::open().await;
    for n in 0..50 {
        save(&bank, "maker", view(&format!("View {n}"), json!({}))).await.data();
    }
    for dry_run in [true, false] {
        let data = view("One more", json!({}));
        let body = json!({ "commandName": "SaveViewCommand", "data": data, "dryRun": dry_run });
        let refused = bank.post("/api/bpm/cmd", &Bank::everything("maker"), &body, &[]).await;
        assert_eq!((refused.status, refused.codes()), (409, vec!["too_many_views".to_owned()]));
        assert_eq!(refused.details()["max"], 50);
    }
    save(&bank, "maker", view("View 7", json!({ "searchTerm": "ada" }))).await.data();
    save(&bank, "checker", view("One more", json!({}))).await.data();
}
