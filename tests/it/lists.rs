//! Finding clients: an unknown filter is refused, and pages neither lose nor repeat a client.

use std::time::Duration;

use serde_json::{Value, json};

use crate::bank::{Bank, With as _, adaeze, applicant};

async fn ids(bank: &Bank, data: Value) -> Vec<i64> {
    let answer = bank.query("RetrieveContactListQuery", data).await.data();
    answer["contacts"].as_array().unwrap().iter().map(|contact| contact["id"].as_i64().unwrap()).collect()
}

async fn create(bank: &Bank, data: Value) {
    bank.clock.advance(Duration::from_secs(1));
    bank.maker("CreateContactCommand", data).await.data();
}

#[tokio::test]
async fn search_ignores_case_and_accents_of_every_word() {
    let bank = Bank::open().await;
    create(&bank, adaeze().with(json!({ "firstName": "Zoë", "lastName": "Łukaszewicz" }))).await;
    create(&bank, applicant(1).with(json!({ "lastName": "100%_\\'; DROP TABLE" }))).await;
    create(&bank, applicant(2).with(json!({ "firstName": "李小龍" }))).await;
    for (term, found) in [
        ("zoe", vec![1]),
        ("LUKASZEWICZ zoë", vec![1]),
        ("zoe nobody", vec![]),
        ("cust1000002", vec![2]),
        ("+234 803-123", vec![1]),
        ("a0123", vec![1]),
        ("example.com", vec![3, 2, 1]),
        ("%", vec![2]),
        ("_", vec![2]),
        ("100%_\\';", vec![2]),
        ("小龍", vec![3]),
        ("", vec![3, 2, 1]),
    ] {
        assert_eq!(ids(&bank, json!({ "searchTerm": term })).await, found, "{term}");
        assert_eq!(ids(&bank, json!({ "searchText": term })).await, found, "{term}");
    }
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let bank = Bank::open().await;
    create(&bank, adaeze()).await;
    create(&bank, applicant(1).with(json!({ "branchEncodedKey": "lekki-02" }))).await;
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": "CUST1000002" })).await.data();
    for (data, found) in [
        (json!({ "branchEncodedKey": "lekki-02" }), vec![2]),
        (json!({ "branchEncodedKey": "nowhere" }), vec![]),
        (json!({ "status": ["Approved"] }), vec![2]),
        (json!({ "status": [3] }), vec![1]),
        (json!({ "status": ["pendingapproval", 4] }), vec![2, 1]),
        (json!({ "status": [0] }), vec![2, 1]),
        (json!({ "status": ["All", 5] }), vec![2, 1]),
        (json!({ "status": [5] }), vec![]),
        (json!({ "startDate": "2026-01-05", "endDate": "2026-01-05" }), vec![2, 1]),
        (json!({ "startDate": "2026-01-06" }), vec![]),
        (json!({ "endDate": "2026-01-04" }), vec![]),
        (json!({ "status": ["Approved"], "branchEncodedKey": "ikeja-01" }), vec![]),
    ] {
        assert_eq!(ids(&bank, data.clone()).await, found, "{data}");
    }
}

#[tokio::test]
async fn list_is_sorted_newest_first_or_as_requested() {
    let bank = Bank::open().await;
    for (n, last) in ["Ölçer", "Zuma", "olcer", "Adams"].iter().enumerate() {
        create(&bank, applicant(n).with(json!({ "lastName": last }))).await;
    }
    let by = |property: &str, direction: &str| json!({ "sort": [{ "propertyName": property, "direction": direction }] });
    assert_eq!(ids(&bank, json!({})).await, [4, 3, 2, 1]);
    assert_eq!(ids(&bank, by("lastName", "asc")).await, [4, 1, 3, 2]);
    assert_eq!(ids(&bank, by("LASTNAME", "desc")).await, [2, 3, 1, 4]);
    assert_eq!(ids(&bank, by("id", "asc")).await, [1, 2, 3, 4]);
    assert_eq!(ids(&bank, by("middleName", "asc")).await, [1, 2, 3, 4], "no client has one: the id decides");
}

#[tokio::test]
async fn invalid_list_members_are_rejected_by_path() {
    let bank = Bank::open().await;
    bank.pending().await;
    for (data, code, field) in [
        (json!({ "filter": [] }), "unknown_member", "filter"),
        (json!({ "filters": {} }), "wrong_type", "filters"),
        (json!({ "Status": [4] }), "unknown_member", "Status"),
        (json!({ "status": ["Aproved"] }), "choice", "status[0]"),
        (json!({ "status": [4, 2] }), "choice", "status[1]"),
        (json!({ "status": "Approved" }), "wrong_type", "status"),
        (json!({ "status": [true] }), "wrong_type", "status[0]"),
        (json!({ "pageSize": 0 }), "out_of_range", "pageSize"),
        (json!({ "pageSize": 101 }), "out_of_range", "pageSize"),
        (json!({ "pageNumber": 0 }), "out_of_range", "pageNumber"),
        (json!({ "pageNumber": "1" }), "wrong_type", "pageNumber"),
        (json!({ "startDate": "05/01/2026" }), "format", "startDate"),
        (json!({ "startDate": "2026-01-06", "endDate": "2026-01-05" }), "end_before_start", "endDate"),
        (json!({ "sort": [{ "propertyName": "shoeSize" }] }), "choice", "sort[0].propertyName"),
        (json!({ "sort": [{ "direction": "asc" }] }), "required", "sort[0].propertyName"),
        (json!({ "sort": [{ "propertyName": "id", "direction": "up" }] }), "choice", "sort[0].direction"),
        (json!({ "sort": [{ "propertyName": "id", "way": "up" }] }), "unknown_member", "sort[0].way"),
        (json!({ "sort": [{ "propertyName": "id" }, { "propertyName": "ID" }] }), "choice", "sort"),
        (json!({ "sort": "id" }), "wrong_type", "sort"),
        (json!({ "searchTerm": "a", "searchText": "b" }), "exactly_one", "searchTerm"),
        (json!({ "searchTerm": "\u{301}" }), "invisible", "searchTerm"),
        (json!({ "searchTerm": "x ".repeat(11) }), "format", "searchTerm"),
        (json!({ "searchTerm": "x".repeat(257) }), "too_long", "searchTerm"),
        (json!({ "searchTerm": "a\u{0}b" }), "control_character", "searchTerm"),
        (json!({ "cursor": "nonsense" }), "cursor_invalid", "cursor"),
        (json!({ "includeTotal": "no" }), "wrong_type", "includeTotal"),
        (json!({ "totals": "some" }), "choice", "totals"),
        (json!({ "totals": "none", "includeTotal": true }), "exactly_one", "totals"),
    ] {
        let answer = bank.query("RetrieveContactListQuery", data.clone()).await;
        assert_eq!(answer.codes(), [code], "{data}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{data}");
    }
}

#[tokio::test]
async fn pages_and_cursors_list_each_client_once() {
    let bank = Bank::open().await;
    for n in 0..25 {
        create(&bank, applicant(n).with(json!({ "lastName": format!("Name{}", n % 3) }))).await;
    }
    let sort = json!([{ "propertyName": "lastName" }]);
    let whole = ids(&bank, json!({ "sort": sort, "pageSize": 100 })).await;
    assert_eq!(whole.len(), 25);
    let mut paged = Vec::new();
    for page in 1..=4 {
        paged.extend(ids(&bank, json!({ "sort": sort, "pageSize": 7, "pageNumber": page })).await);
    }
    assert_eq!(paged, whole);
    assert_eq!(ids(&bank, json!({ "sort": sort, "pageSize": 7, "pageNumber": 5 })).await, [] as [i64; 0]);

    let mut walked = Vec::new();
    let mut data = json!({ "sort": sort, "pageSize": 7, "includeTotal": false });
    loop {
        let answer = bank.query("RetrieveContactListQuery", data.clone()).await.data();
        assert_eq!(answer["totalCount"], Value::Null);
        walked.extend(
            answer["contacts"].as_array().unwrap().iter().map(|contact| contact["id"].as_i64().unwrap()),
        );
        // A client is created between two pages; no other client is lost or listed twice.
        create(&bank, applicant(100 + walked.len()).with(json!({ "lastName": "Aaa" }))).await;
        if answer["nextCursor"].is_null() {
            break;
        }
        data["cursor"] = answer["nextCursor"].clone();
    }
    assert_eq!(walked, whole);
}

#[tokio::test]
async fn totals_are_exact_bounded_or_none() {
    let bank = Bank::open().await;
    for n in 0..3 {
        create(&bank, applicant(n)).await;
    }
    for (data, total, at_least) in [
        (json!({}), json!(3), json!(null)),
        (json!({ "totals": "exact" }), json!(3), json!(false)),
        (json!({ "totals": "bounded", "includeTotal": true }), json!(3), json!(false)),
        (json!({ "totals": "none" }), json!(null), json!(null)),
        (json!({ "includeTotal": false }), json!(null), json!(null)),
    ] {
        let answer = bank.query("RetrieveContactListQuery", data.clone()).await.data();
        assert_eq!((&answer["totalCount"], &answer["atLeast"]), (&total, &at_least), "{data}");
        assert_eq!(answer.as_object().unwrap().contains_key("atLeast"), !at_least.is_null(), "{data}");
    }
}

#[tokio::test]
async fn cursor_of_another_query_is_rejected() {
    let bank = Bank::open().await;
    for n in 0..3 {
        create(&bank, applicant(n)).await;
    }
    let first = bank.query("RetrieveContactListQuery", json!({ "pageSize": 1 })).await.data();
    let cursor = &first["nextCursor"];
    let next = json!({ "pageSize": 2, "cursor": cursor });
    let second = bank.query("RetrieveContactListQuery", next).await.data();
    assert_eq!((second["contacts"].as_array().unwrap().len(), &second["pageNumber"]), (2, &Value::Null));
    let spelt_otherwise = json!({ "cursor": cursor, "searchTerm": null, "status": ["All"], "pageSize": 2 });
    bank.query("RetrieveContactListQuery", spelt_otherwise).await.data();
    for other in [
        json!({ "cursor": cursor, "status": [3] }),
        json!({ "cursor": cursor, "searchTerm": "a" }),
        json!({ "cursor": cursor, "sort": [{ "propertyName": "id" }] }),
    ] {
        assert_eq!(bank.query("RetrieveContactListQuery", other).await.codes(), ["cursor_invalid"]);
    }
    let both = json!({ "cursor": cursor, "pageNumber": 2 });
    assert_eq!(bank.query("RetrieveContactListQuery", both).await.codes(), ["exactly_one"]);
}

#[tokio::test]
async fn listed_sortable_properties_are_accepted() {
    let bank = Bank::open().await;
    create(&bank, adaeze()).await;
    let fields = bank.query("RetrieveSearchFieldsQuery", json!({})).await.data();
    let properties = fields["properties"].as_array().unwrap();
    assert!(properties.len() > 20);
    for property in properties {
        let sort = json!({ "sort": [{ "propertyName": property["propertyName"], "direction": "desc" }] });
        if property["sortable"] == true {
            assert_eq!(ids(&bank, sort).await, [1], "{property}");
        } else {
            assert_eq!(bank.query("RetrieveContactListQuery", sort).await.codes(), ["choice"], "{property}");
        }
    }
}
