//! Who did what, across clients: the lines of all histories, in memory and on PostgreSQL.

use std::time::Duration;

use client_domain::{BankCalendar, Permission, Permissions};
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use crate::bank::{Bank, Setup, With as _, applicant};
use crate::kyc_documents::fixtures::{Postgres, passport};
use crate::replies::check;

async fn lines(bank: &Bank, data: Value) -> Vec<Value> {
    let answer = bank.query("RetrieveActivityQuery", data).await;
    check("RetrieveActivityQuery", &answer);
    answer.data()["entries"].as_array().unwrap().clone()
}

/// What each line says: the client, the event, and the actor.
fn said(lines: &[Value]) -> Vec<(u64, &str, &str)> {
    let number =
        |line: &Value| line["customerNumber"].as_str().unwrap().trim_start_matches("CUST100000").parse();
    let text = |line: &'_ Value, name: &str| line[name].as_str().map(str::len).unwrap();
    lines
        .iter()
        .map(|line| {
            assert!(text(line, "command") > 0 && text(line, "requestId") > 0);
            (number(line).unwrap(), line["event"].as_str().unwrap(), line["actorId"].as_str().unwrap())
        })
        .collect()
}

async fn walk(bank: &Bank) {
    let key = |n: usize| json!({ "contactEncodedKey": format!("CUST100000{n}") });
    for n in 1..=3 {
        bank.clock.advance(Duration::from_secs(1));
        let branch = json!({ "branchEncodedKey": if n == 2 { "lekki-02" } else { "ikeja-01" } });
        bank.maker("CreateContactCommand", applicant(n).with(branch)).await.data();
    }
    // The next day, by the calendar of the bank.
    bank.clock.advance(Duration::from_mins(40));
    bank.checker("ApproveCustomerCommand", key(2)).await.data();
    bank.clock.advance(Duration::from_secs(1));
    bank.maker("UpdateContactCommand", key(1).with(json!({ "city": "Abuja" }))).await.data();

    let all = lines(bank, json!({})).await;
    let expected = [
        (1, "ClientUpdated", "maker"),
        (2, "ClientApproved", "checker"),
        (3, "ClientCreated", "maker"),
        (2, "ClientCreated", "maker"),
        (1, "ClientCreated", "maker"),
    ];
    assert_eq!(said(&all), expected);
    assert_eq!((&all[1]["fromState"], &all[1]["clientState"]), (&json!("PendingApproval"), &json!(4)));
    assert_eq!(all[1]["branchEncodedKey"], "lekki-02");
    assert!(all.iter().all(|line| line.get("values").is_none()), "values are those of one client's history");
    // Each line is that of the history of its client.
    let history = bank.history_of("CUST1000001").await;
    for member in ["version", "at", "changedFields", "reason", "notes", "requestId", "toState"] {
        assert_eq!(all[0][member], history[0][member], "{member}");
    }

    for (data, found) in [
        (json!({ "actorId": "checker" }), vec![1]),
        (json!({ "actorId": "Checker" }), vec![]),
        (json!({ "event": "ClientCreated" }), vec![2, 3, 4]),
        (json!({ "branchEncodedKey": "ikeja-01" }), vec![0, 2, 4]),
        (json!({ "branchEncodedKey": "nowhere" }), vec![]),
        (json!({ "startDate": "2026-01-06" }), vec![0, 1]),
        (json!({ "endDate": "2026-01-05" }), vec![2, 3, 4]),
        (json!({ "startDate": "2026-01-05", "endDate": "9999-12-31" }), vec![0, 1, 2, 3, 4]),
        (json!({ "startDate": "2026-01-06", "branchEncodedKey": "ikeja-01", "actorId": "maker" }), vec![0]),
        (
            json!({ "event": "ClientCreated", "branchEncodedKey": "lekki-02", "endDate": "2026-01-05" }),
            vec![3],
        ),
    ] {
        let expected: Vec<_> = found.into_iter().map(|at: usize| all[at].clone()).collect();
        assert_eq!(lines(bank, data.clone()).await, expected, "{data}");
        assert_eq!(paged(bank, &data).await, expected, "{data}");
    }
}

/// All lines, one on each page.
async fn paged(bank: &Bank, data: &Value) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = data.clone().with(json!({ "pageSize": 1, "cursor": cursor }));
        let answer = bank.query("RetrieveActivityQuery", page).await.data();
        all.extend(answer["entries"].as_array().unwrap().clone());
        cursor = answer["nextCursor"].clone();
        if cursor.is_null() {
            return all;
        }
    }
}

/// Half past eleven in the evening when the test begins.
fn before_midnight() -> Setup {
    let offset = Offset::from_seconds(14 * 3600 + 1800).unwrap();
    Setup { calendar: BankCalendar::new(TimeZone::fixed(offset)), ..Setup::default() }
}

#[tokio::test]
async fn lines_of_all_clients_are_found() {
    walk(&Bank::with(before_midnight()).await).await;
}

#[tokio::test]
async fn lines_of_all_clients_are_found_on_postgres() {
    let postgres = Postgres::start().await;
    walk(&postgres.bank_with(before_midnight()).await).await;
}

/// The client is named to callers who may read clients, and a reviewer's comment is shown to readers of KYC information.
#[tokio::test]
async fn each_member_needs_its_permission() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let id = bank.submit(passport(&number)).await;
    let rejection = json!({ "identityId": id, "comment": "It is blurred." });
    bank.checker("RejectIdentityDocumentCommand", rejection).await.data();
    let ask = async |permissions: &[Permission]| {
        let token = Bank::token("auditor", permissions.iter().copied().collect::<Permissions>());
        let body = json!({ "queryName": "RetrieveActivityQuery", "data": { "pageSize": 1 } });
        bank.post("/api/bpm/qry", &token, &body, &[]).await
    };
    let alone = ask(&[Permission::History]).await.data()["entries"][0].clone();
    for member in
        ["customerNumber", "firstName", "lastName", "clientState", "branchEncodedKey", "notes", "identityId"]
    {
        assert_eq!(alone[member], Value::Null, "{member}");
    }
    assert_eq!((&alone["event"], &alone["actorId"]), (&json!("KycDocumentRejected"), &json!("checker")));
    let with_kyc = ask(&[Permission::History, Permission::KycRead]).await.data()["entries"][0].clone();
    assert_eq!((&with_kyc["notes"], &with_kyc["identityId"]), (&json!("It is blurred."), &json!(id)));
    let with_read = ask(&[Permission::History, Permission::Read]).await.data()["entries"][0].clone();
    assert_eq!((&with_read["firstName"], &with_read["notes"]), (&json!("Adaeze"), &Value::Null));
    assert_eq!(ask(&[Permission::Read, Permission::KycRead]).await.status, 403);
}

#[tokio::test]
async fn wrong_filters_and_foreign_cursors_are_refused() {
    let bank = Bank::open().await;
    for n in 1..=2 {
        bank.maker("CreateContactCommand", applicant(n)).await.data();
    }
    let wrong = json!({
        "event": "ClientVanished", "actorId": "", "startDate": "2026-01-06", "endDate": "2026-01-05", "pageSize": 0,
        "from": "2026-01-05",
    });
    let refused = bank.query("RetrieveActivityQuery", wrong).await;
    assert_eq!(
        refused.codes(),
        ["unknown_member", "too_short", "choice", "end_before_start", "out_of_range"]
    );
    let first = bank.query("RetrieveActivityQuery", json!({ "pageSize": 1 })).await.data();
    let foreign = json!({ "pageSize": 1, "cursor": first["nextCursor"], "actorId": "maker" });
    assert_eq!(bank.query("RetrieveActivityQuery", foreign).await.codes(), ["cursor_invalid"]);
    let list = bank.query("RetrieveContactListQuery", json!({ "pageSize": 1 })).await.data();
    let foreign = json!({ "cursor": list["nextCursor"] });
    assert_eq!(bank.query("RetrieveActivityQuery", foreign).await.codes(), ["cursor_invalid"]);
}
