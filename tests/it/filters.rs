//! Dynamic predicates over the wire: each is understood or refused by its path, and none is ignored.

use client_app::ports::Branch;
use client_domain::value::BranchKey;
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, With as _, applicant};

async fn ask(bank: &Bank, filters: Value) -> Answer {
    bank.query("RetrieveContactListQuery", json!({ "filters": filters })).await
}

async fn ids(bank: &Bank, filters: Value) -> Vec<i64> {
    let answer = ask(bank, filters).await.data();
    assert_eq!(answer["totalCount"], answer["contacts"].as_array().unwrap().len());
    answer["contacts"].as_array().unwrap().iter().map(|contact| contact["id"].as_i64().unwrap()).collect()
}

async fn three() -> Bank {
    let bank = Bank::open().await;
    for (n, others) in [
        json!({ "lastName": "Balogun", "city": "Ikeja", "dateOfBirth": "1991-04-23", "branchEncodedKey": "ikeja-01" }),
        json!({ "lastName": "Ọ̀balá", "city": "Łódź", "dateOfBirth": "1960-02-29", "branchEncodedKey": "lekki-02" }),
        json!({ "lastName": "balde", "middleName": "Ann", "country": "CI", "branchEncodedKey": "nowhere" }),
    ]
    .into_iter()
    .enumerate()
    {
        bank.maker("CreateContactCommand", applicant(n).with(others)).await.data();
    }
    bank
}

#[tokio::test]
async fn filters_find_matching_clients() {
    let bank = three().await;
    for (filters, found) in [
        (json!([]), vec![3, 2, 1]),
        (json!([{ "propertyName": "LastName", "operator": "StartsWith", "value": "Bal" }]), vec![3, 1]),
        (json!([{ "field": "lastname", "operator": "contains", "value": "BAL" }]), vec![3, 2, 1]),
        (json!([{ "field": "lastName", "operator": "EqualsCaseSensitive", "value": "Balde" }]), vec![]),
        (json!([{ "field": "lastName", "operator": "In", "value": ["BALDE", "obala"] }]), vec![3, 2]),
        (json!([{ "field": "city", "operator": "Equals", "value": "lodz" }]), vec![2]),
        (json!([{ "field": "country", "operator": "Equals", "value": "CIV" }]), vec![3]),
        (json!([{ "field": "middleName", "operator": "IsEmpty" }]), vec![2, 1]),
        (json!([{ "field": "middleName", "operator": "NotEquals", "value": "ann" }]), vec![2, 1]),
        (json!([{ "field": "customerNumber", "operator": "Equals", "value": "cust1000002" }]), vec![2]),
        (json!([{ "field": "customerNumber", "operator": "EndsWith", "value": "0003" }]), vec![3]),
        (json!([{ "field": "age", "operator": "Between", "value": [60, 65] }]), vec![2]),
        (json!([{ "field": "dateOfBirth", "operator": "On", "value": "1960-02-29" }]), vec![2]),
        (json!([{ "field": "dateCreated", "operator": "Today" }]), vec![3, 2, 1]),
        (
            json!([{ "field": "clientState", "operator": "In", "value": ["Pending Approval", 1] }]),
            vec![3, 2, 1],
        ),
        (json!([{ "field": "isBlacklisted", "operator": "Equals", "value": true }]), vec![]),
        (json!([{ "field": "kycStatus", "operator": "Equals", "value": "none" }]), vec![3, 2, 1]),
        (json!([{ "field": "documentExpiryDate", "operator": "NextDays", "value": 30 }]), vec![]),
        (json!([{ "searchTerm": "ann balde" }]), vec![3]),
        (
            json!([{ "logic": "OR", "filters": [
                { "field": "id", "operator": "Equals", "value": 1 },
                { "logic": "not", "filters": [{ "field": "id", "operator": "LessThan", "value": 3 }] },
            ] }]),
            vec![3, 1],
        ),
        (
            json!([
                { "field": "id", "operator": "GreaterThan", "value": 1 },
                { "field": "id", "operator": "LessThan", "value": 3 },
            ]),
            vec![2],
        ),
    ] {
        assert_eq!(ids(&bank, filters.clone()).await, found, "{filters}");
    }
}

#[tokio::test]
async fn branch_is_found_by_its_directory_number() {
    let bank = three().await;
    let number = 17;
    let branch = Branch { id: Some(number), name: "Ikeja".to_owned() };
    bank.branches.set_branch(BranchKey::parse("ikeja-01").unwrap(), branch);
    for (operator, value, found) in [
        ("Equals", json!(number), vec![1]),
        ("NotEquals", json!(number), vec![3, 2]),
        ("In", json!([number, 999]), vec![1]),
        ("GreaterThan", json!(999), vec![]),
    ] {
        let filters = json!([{ "propertyName": "branchId", "operator": operator, "value": value }]);
        assert_eq!(ids(&bank, filters.clone()).await, found, "{filters}");
    }
    assert_eq!(ids(&bank, json!([{ "field": "branchId", "operator": "IsEmpty" }])).await, [3, 2]);
}

#[expect(clippy::too_many_lines, reason = "one line for each mistake")]
#[tokio::test]
async fn every_filter_error_has_its_path() {
    let bank = three().await;
    let name = |value: Value| json!([{ "field": "lastName", "operator": "Equals", "value": value }]);
    let nested = |levels: usize| {
        let condition = json!({ "field": "id", "operator": "Equals", "value": 1 });
        let group = |inner: Value, _| json!({ "logic": "and", "filters": [inner] });
        json!([(0..levels).fold(condition, group)])
    };
    let many = |count| json!(vec![json!({ "field": "id", "operator": "Equals", "value": 1 }); count]);
    assert_eq!(ids(&bank, nested(5)).await, [1]);
    assert_eq!(ids(&bank, many(50)).await, [1]);
    for (filters, code, path) in [
        (json!({}), "wrong_type", "filters"),
        (json!(["lastName"]), "wrong_type", "filters[0]"),
        (json!([{}]), "required", "filters[0].propertyName"),
        (
            json!([{ "field": "lastNmae", "operator": "Equals", "value": "x" }]),
            "unknown_property",
            "filters[0].field",
        ),
        (
            json!([{ "propertyName": "lastName", "operator": "Like", "value": "x" }]),
            "unknown_operator",
            "filters[0].operator",
        ),
        (
            json!([{ "field": "lastName", "operator": "GreaterThan", "value": "x" }]),
            "operator_not_applicable",
            "filters[0].operator",
        ),
        (
            json!([{ "field": "lastName", "operator": "IsEmpty", "value": "x" }]),
            "value_not_taken",
            "filters[0].value",
        ),
        (name(Value::Null), "required", "filters[0].value"),
        (name(json!(7)), "wrong_type", "filters[0].value"),
        (name(json!("")), "invisible", "filters[0].value"),
        (
            json!([{ "field": "lastName", "operator": "Contains", "value": " \u{301}" }]),
            "invisible",
            "filters[0].value",
        ),
        (name(json!("a\u{0}b")), "control_character", "filters[0].value"),
        (name(json!("x".repeat(257))), "too_long", "filters[0].value"),
        (json!([{ "field": "lastName", "operator": "In", "value": [] }]), "out_of_range", "filters[0].value"),
        (
            json!([{ "field": "id", "operator": "In", "value": vec![1; 201] }]),
            "out_of_range",
            "filters[0].value",
        ),
        (
            json!([{ "field": "id", "operator": "In", "value": [1, "2"] }]),
            "wrong_type",
            "filters[0].value[1]",
        ),
        (
            json!([{ "field": "age", "operator": "Between", "value": [5, 4] }]),
            "end_before_start",
            "filters[0].value[1]",
        ),
        (
            json!([{ "field": "dateOfBirth", "operator": "Before", "value": "1990-02-30" }]),
            "format",
            "filters[0].value",
        ),
        (json!([{ "field": "gender", "operator": "Equals", "value": "F" }]), "choice", "filters[0].value"),
        (
            json!([{ "field": "dateCreated", "operator": "LastDays", "value": 0 }]),
            "out_of_range",
            "filters[0].value",
        ),
        (
            json!([{ "field": "id", "propertyName": "id", "operator": "Equals", "value": 1 }]),
            "exactly_one",
            "filters[0].field",
        ),
        (
            json!([{ "field": "id", "operator": "Equals", "value": 1, "values": [2] }]),
            "unknown_member",
            "filters[0].values",
        ),
        (json!([{ "logic": "xor", "filters": [{ "searchTerm": "x" }] }]), "choice", "filters[0].logic"),
        (json!([{ "logic": "and", "filters": [] }]), "out_of_range", "filters[0].filters"),
        (
            json!([{ "logic": "not", "filters": [{ "searchTerm": "x" }, { "searchTerm": "y" }] }]),
            "out_of_range",
            "filters[0].filters",
        ),
        (
            json!([{ "searchTerm": "x" }, { "logic": "or", "filters": [{ "field": "city", "operator": "Is" }] }]),
            "unknown_operator",
            "filters[1].filters[0].operator",
        ),
        (
            nested(6),
            "filter_too_large",
            "filters[0].filters[0].filters[0].filters[0].filters[0].filters[0]"
                .trim_end_matches(".filters[0]"),
        ),
        (many(51), "filter_too_large", "filters[50]"),
    ] {
        let answer = ask(&bank, filters.clone()).await;
        assert_eq!(answer.status, 400, "{filters}");
        let errors: Vec<_> = answer.body["errors"].as_array().unwrap().iter().collect();
        let named = errors.iter().any(|item| item["code"] == code && item["field"] == path);
        let deeper = errors.iter().any(|item| {
            code == "filter_too_large"
                && item["code"] == code
                && item["field"].as_str().unwrap().starts_with(path)
        });
        assert!(named || deeper, "{filters}: {errors:?}");
    }
}

#[tokio::test]
async fn all_filter_errors_are_reported_together_without_values() {
    let bank = three().await;
    let secret = "Confidential-Name-41x";
    let filters = json!([
        { "field": "age", "operator": "Equals", "value": secret },
        { "logic": "or", "filters": [
            { "field": secret, "operator": "Equals", "value": 1 },
            { "field": "gender", "operator": "In", "value": ["Male", secret] },
        ] },
        { "field": "dateOfBirth", "operator": "After", "value": secret },
    ]);
    let answer = bank.query("RetrieveContactListQuery", json!({ "filters": filters, "pageSize": 0 })).await;
    let fields: Vec<_> =
        answer.body["errors"].as_array().unwrap().iter().map(|item| item["field"].clone()).collect();
    assert_eq!(
        fields,
        [
            "pageSize",
            "filters[0].value",
            "filters[1].filters[0].field",
            "filters[1].filters[1].value[1]",
            "filters[2].value",
        ]
    );
    assert!(!answer.body.to_string().contains(secret));
}

#[tokio::test]
async fn cursor_of_other_filters_is_rejected() {
    let bank = three().await;
    let filters = json!([{ "field": "dateCreated", "operator": "ThisYear" }]);
    let data = json!({ "filters": filters, "pageSize": 2 });
    let first = bank.query("RetrieveContactListQuery", data.clone()).await.data();
    let next = json!({ "cursor": first["nextCursor"] });
    let second = bank.query("RetrieveContactListQuery", data.with(next.clone())).await.data();
    assert_eq!(second["contacts"][0]["id"], 1);
    assert_eq!(second["nextCursor"], Value::Null);
    let other = json!({ "filters": [{ "field": "dateCreated", "operator": "ThisMonth" }], "pageSize": 2 });
    for data in [other, json!({ "pageSize": 2 })] {
        let answer = bank.query("RetrieveContactListQuery", data.with(next.clone())).await;
        assert_eq!(answer.codes(), ["cursor_invalid"]);
    }
}

#[tokio::test]
async fn search_fields_list_what_filters_accept() {
    let bank = three().await;
    let fields = bank.query("RetrieveSearchFieldsQuery", json!({})).await.data();
    let properties = fields["properties"].as_array().unwrap();
    assert_eq!(properties.len(), client_domain::search::Property::ALL.len());
    for property in properties {
        for operator in property["operators"].as_array().unwrap() {
            let filters = json!([{ "field": property["propertyName"], "operator": operator, "value": {} }]);
            let answer = ask(&bank, filters).await;
            let known = ["unknown_property", "unknown_operator", "operator_not_applicable"];
            assert!(
                answer.codes().iter().all(|code| !known.contains(&code.as_str())),
                "{property} {operator}"
            );
        }
    }
}
