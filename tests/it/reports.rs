//! Reports on the wire: each against what was done, and what each permission opens.

mod measured;

use std::time::Duration;

use client_app::ports::Clock as _;
use client_domain::{Permission, Permissions};
use client_wire::OPERATIONS;
use client_wire::spec::Shape;
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, Setup, With as _, applicant};
use crate::kyc_documents::fixtures::{Postgres, passport};
use crate::replies::check;

const fn days(number: u64) -> Duration {
    Duration::from_hours(24 * number)
}

fn token(bank: &Bank, subject: &str, permissions: Permissions) -> String {
    clients_testkit::Bank::token_at(bank.clock.now(), subject, permissions).unwrap()
}

async fn asked(bank: &Bank, permissions: &[Permission], data: Value) -> Answer {
    let token = token(bank, "reader", permissions.iter().copied().collect());
    bank.post("/api/bpm/qry", &token, &json!({ "queryName": "RetrieveReportQuery", "data": data }), &[]).await
}

async fn report(bank: &Bank, name: &str, data: Value) -> Value {
    let answer = asked_all(bank, name, data).await;
    assert_eq!(answer["atLeast"], false, "{name}");
    answer
}

async fn asked_all(bank: &Bank, name: &str, data: Value) -> Value {
    let all = [Permission::Read, Permission::History, Permission::KycRead];
    let answer = asked(bank, &all, data.with(json!({ "report": name }))).await;
    check("RetrieveReportQuery", &answer);
    answer.data()
}

/// The labels of each row, and its numbers.
fn rows(report: &Value) -> Vec<(Vec<&str>, Vec<u64>)> {
    let of_row = |row: &'_ Value, member: &str| row[member].as_array().unwrap().clone();
    let rows = report["rows"].as_array().unwrap().iter();
    rows.map(|row| {
        let labels = row["labels"].as_array().unwrap().iter().map(|label| label.as_str().unwrap());
        (labels.collect(), of_row(row, "numbers").iter().map(|number| number.as_u64().unwrap()).collect())
    })
    .collect()
}

async fn done(bank: &Bank, subject: &str, name: &str, data: Value) -> Value {
    let token = token(bank, subject, Permissions::all());
    bank.command(&token, name, data, &[]).await.data()
}

/// From the fifth of January to the twelfth of February.
async fn live(bank: &Bank) {
    let key = |n: usize| json!({ "contactEncodedKey": format!("CUST100000{n}") });
    for n in 1..=4 {
        let branch = json!({ "branchEncodedKey": if n == 1 { "ikeja-01" } else { "lekki-02" } });
        done(bank, "maker", "CreateContactCommand", applicant(n).with(branch)).await;
    }
    done(bank, "maker", "CreateIdentityDocumentCommand", passport("CUST1000003")).await;
    done(bank, "maker", "RequestCustomerApprovalCommand", key(4)).await;
    bank.clock.advance(days(3));
    let reason = json!({ "reason": "The address does not exist." });
    let rejection = json!({ "rejectionReason": "The address does not exist." });
    done(bank, "checker", "RejectCustomerCommand", key(4).with(rejection.clone())).await;
    done(bank, "checker", "RejectCustomerCommand", key(2).with(rejection)).await;
    done(bank, "other", "UndoRejectCustomerCommand", key(2).with(reason.clone())).await;
    done(bank, "checker", "ApproveCustomerCommand", key(1)).await;
    bank.clock.advance(days(35));
    done(bank, "checker", "BlacklistCustomerCommand", key(1).with(reason)).await;
}

async fn walk(bank: &Bank) {
    live(bank).await;
    let by_branch = report(bank, "clientsByBranch", json!({})).await;
    let states = ["Active", "PendingApproval", "Approved", "Rejected", "BlackListed", "Exited"];
    assert_eq!(by_branch["measures"], json!(states));
    let expected = [(vec!["lekki-02"], vec![0, 2, 0, 1, 0, 0]), (vec!["ikeja-01"], vec![0, 0, 0, 0, 1, 0])];
    assert_eq!(rows(&by_branch), expected);
    let of_branch = report(bank, "clientsByBranch", json!({ "branchEncodedKey": "ikeja-01" })).await;
    assert_eq!(rows(&of_branch), expected[1..]);

    let by_month = report(bank, "clientsByMonth", json!({})).await;
    let months = rows(&by_month);
    assert_eq!((months.len(), &months[0].0, &months[11].0), (12, &vec!["2025-03"], &vec!["2026-02"]));
    assert_eq!(months[10], (vec!["2026-01"], vec![0, 2, 0, 1, 1, 0]));
    assert_eq!(months.iter().map(|(_, numbers)| numbers.iter().sum::<u64>()).sum::<u64>(), 4);
    let whole = json!({ "startDate": "2026-01-06", "endDate": "2026-02-28" });
    let later = report(bank, "clientsByMonth", whole.clone()).await;
    assert_eq!((&later["startDate"], &later["endDate"]), (&whole["startDate"], &whole["endDate"]));
    assert!(rows(&later).iter().all(|(_, numbers)| numbers.iter().sum::<u64>() == 0), "{later}");

    let waiting = report(bank, "waiting", json!({})).await;
    assert_eq!(rows(&waiting), [(vec!["lekki-02", "Document"], vec![0, 0, 0, 1])]);
    let elsewhere = report(bank, "waiting", json!({ "branchEncodedKey": "ikeja-01" })).await;
    assert_eq!(rows(&elsewhere), []);

    let endings = report(bank, "endings", whole.clone()).await;
    assert_eq!(rows(&endings), [(vec!["2026-01"], vec![0, 0, 0]), (vec!["2026-02"], vec![1, 0, 0])]);
    let elsewhere = whole.clone().with(json!({ "branchEncodedKey": "lekki-02" }));
    assert_eq!(rows(&report(bank, "endings", elsewhere).await)[1].1, [0, 0, 0]);

    let decisions = report(bank, "decisions", json!({})).await;
    let expected = [
        (vec!["checker", "ClientRejected", ""], vec![2]),
        (vec!["checker", "ClientApproved", ""], vec![1]),
        (vec!["checker", "ClientBlacklisted", ""], vec![1]),
        (vec!["other", "ClientRejectionUndone", ""], vec![1]),
    ];
    assert_eq!(rows(&decisions), expected);
    let times = report(bank, "decisionTimes", json!({})).await;
    assert_eq!(rows(&times), [(vec!["lekki-02", "checker", "ClientRejected"], vec![0, 1, 0, 0])]);
    let elsewhere = report(bank, "decisionTimes", json!({ "branchEncodedKey": "ikeja-01" })).await;
    assert_eq!(rows(&elsewhere), []);

    let incomplete = report(bank, "incompleteApplications", json!({})).await;
    assert_eq!(rows(&incomplete), [(vec!["lekki-02"], vec![1])]);
    let older = report(bank, "incompleteApplications", json!({ "olderThanDays": 38 })).await;
    assert_eq!(rows(&older), []);
    expiring_agrees_with_the_list(bank).await;
}

/// The passport is valid for long, so the day is moved towards its end.
async fn expiring_agrees_with_the_list(bank: &Bank) {
    let expiry = passport("CUST1000003")["expiryDate"].as_str().unwrap().to_owned();
    let last: jiff::civil::Date = expiry.parse().unwrap();
    for (before, expected) in [(91, vec![]), (90, vec![0, 0, 1]), (31, vec![0, 1, 1]), (0, vec![1, 1, 1])] {
        let day = last.checked_sub(jiff::ToSpan::days(before)).unwrap();
        bank.clock.set(client_domain::BankCalendar::utc().first_moment(day));
        let found = report(bank, "expiringDocuments", json!({})).await;
        let numbers: Vec<_> = rows(&found).into_iter().flat_map(|(_, numbers)| numbers).collect();
        assert_eq!(numbers, expected, "{before}");
    }
}

#[tokio::test]
async fn reports_tell_what_was_done() {
    walk(&Bank::open().await).await;
}

#[tokio::test]
async fn reports_tell_what_was_done_on_postgres() {
    let postgres = Postgres::start().await;
    walk(&postgres.bank_with(Setup::default()).await).await;
}

#[tokio::test]
async fn file_has_the_numbers_of_the_answer() {
    let bank = Bank::open().await;
    live(&bank).await;
    let token = token(&bank, "reader", [Permission::Read, Permission::History].into_iter().collect());
    let post =
        |data: Value| bank.http().post(bank.url("/api/bpm/report")).bearer_auth(&token).json(&data).send();
    let file = post(json!({ "report": "decisions" })).await.unwrap();
    assert_eq!(file.status(), 200);
    assert_eq!(file.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(file.headers()["content-disposition"], "attachment; filename=\"decisions.csv\"");
    let text = file.text().await.unwrap();
    let lines: Vec<_> = text.split("\r\n").collect();
    assert_eq!(lines[..2], ["actorId,event,reasonCode,count,atLeast", "checker,ClientRejected,,2,false"]);
    assert_eq!(lines.len(), 6);
    for (data, status, code) in [
        (json!({ "report": "secrets" }), 400, "choice"),
        (json!({ "report": "waiting", "fields": [] }), 400, "unknown_member"),
        (json!({ "report": "expiringDocuments" }), 403, "permission_missing"),
    ] {
        let refused = post(data).await.unwrap();
        assert_eq!(refused.status(), status);
        let envelope: Value = refused.json().await.unwrap();
        assert_eq!(envelope["errors"][0]["code"], code);
    }
}

#[tokio::test]
async fn each_report_needs_its_permission() {
    let bank = Bank::open().await;
    let spec = OPERATIONS.iter().find(|spec| spec.name == "RetrieveReportQuery").unwrap();
    let Shape::Choice(names) = spec.fields[0].shape else { panic!("the reports are a choice") };
    assert_eq!(names.len(), 8);
    for name in names {
        let needed = match *name {
            "decisionTimes" | "decisions" | "endings" => Some(Permission::History),
            "expiringDocuments" | "incompleteApplications" => Some(Permission::KycRead),
            _ => None,
        };
        let data = json!({ "report": name });
        for also in [Permission::History, Permission::KycRead] {
            let answer = asked(&bank, &[Permission::Read, also], data.clone()).await;
            let expected = if needed.is_none_or(|needed| needed == also) { 200 } else { 403 };
            assert_eq!(answer.status, expected, "{name} {also:?}");
        }
        assert_eq!(asked(&bank, &[Permission::History, Permission::KycRead], data).await.status, 403);
    }
    done(&bank, "maker", "CreateContactCommand", applicant(1)).await;
    done(&bank, "maker", "CreateIdentityDocumentCommand", passport("CUST1000001")).await;
    let client = json!({ "contactEncodedKey": "CUST1000001" });
    done(&bank, "maker", "RequestCustomerApprovalCommand", client).await;
    for (permissions, expected) in [
        (&[Permission::Read][..], &["Approval"][..]),
        (&[Permission::Read, Permission::KycRead], &["Approval", "Document"]),
    ] {
        let waiting = asked(&bank, permissions, json!({ "report": "waiting" })).await.data();
        let kinds: Vec<_> = rows(&waiting).into_iter().map(|(labels, _)| labels[1]).collect();
        assert_eq!(kinds, expected);
    }
}

#[tokio::test]
async fn wrong_members_are_refused_at_their_place() {
    let bank = Bank::open().await;
    for (data, code, field) in [
        (json!({ "report": "secrets" }), "choice", "report"),
        (json!({}), "required", "report"),
        (json!({ "report": "waiting", "olderThanDays": 3 }), "unknown_member", "olderThanDays"),
        (json!({ "report": "incompleteApplications", "olderThanDays": 0 }), "out_of_range", "olderThanDays"),
        (
            json!({ "report": "clientsByBranch", "startDate": "2026-01-01", "endDate": "2026-01-02" }),
            "unknown_member",
            "startDate",
        ),
        (json!({ "report": "endings", "startDate": "2026-01-01" }), "required", "endDate"),
        (json!({ "report": "endings", "endDate": "2026-01-01" }), "required", "startDate"),
        (
            json!({ "report": "endings", "startDate": "2026-01-02", "endDate": "2026-01-01" }),
            "end_before_start",
            "endDate",
        ),
        (
            json!({ "report": "endings", "startDate": "2024-01-31", "endDate": "2026-01-01" }),
            "too_early",
            "startDate",
        ),
    ] {
        let answer = asked(&bank, &[Permission::Read, Permission::History], data.clone()).await;
        let error = &answer.body["errors"][0];
        assert_eq!(
            (answer.status, &error["code"], &error["field"]),
            (400, &json!(code), &json!(field)),
            "{data}"
        );
    }
}
