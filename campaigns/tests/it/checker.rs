//! The checker finds each thing that can be wrong in made-up data, and nothing in data that is right.

use std::time::Duration;

use clients_campaigns::checker::judge;
use clients_campaigns::findings::Oracle;
use clients_campaigns::history::{Outcome, Record};
use clients_campaigns::holdings::{Client, Holdings, Line};
use clients_campaigns::{Actor, Order};
use serde_json::json;

fn record(order: Order, outcome: Outcome) -> Record {
    let body = json!({ "data": { "contactEncodedKey": "ada" } }).to_string();
    Record {
        order,
        attempts: 1,
        start: Duration::ZERO,
        last_sent: Duration::ZERO,
        end: Duration::ZERO,
        outcome,
        status: if outcome == Outcome::Done { 200 } else { 409 },
        body,
    }
}

/// A client that was made and approved, while a rejection was refused and something else never answered.
fn orders() -> Vec<Record> {
    let about = |tag, command| Order::about(tag, Actor::Checker, command, "ada", json!({}));
    vec![
        record(Order::create("create", Actor::Maker), Outcome::Done),
        record(about("approve", "ApproveCustomerCommand"), Outcome::Done),
        record(about("reject", "RejectCustomerCommand"), Outcome::Refused),
        record(about("exit", "ExitCustomerCommand"), Outcome::Unknown),
    ]
}

fn line(version: i64, request: &str, state: i64) -> Line {
    Line { client: "ada".to_owned(), version, request: request.to_owned(), state }
}

fn holdings() -> Holdings {
    let claim = |kind: &str| ("ada".to_owned(), kind.to_owned());
    let key = |actor: &str, command: &str, key: &str| (actor.to_owned(), command.to_owned(), key.to_owned());
    Holdings {
        clients: vec![Client { key: "ada".to_owned(), version: 2, state: 4 }],
        lines: vec![line(1, "create", 3), line(2, "approve", 4)],
        events: vec![("ada".to_owned(), 2), ("ada".to_owned(), 1)],
        claims: vec![claim("phone"), claim("email"), claim("identification")],
        keys: vec![
            key("maker", "CreateContactCommand", "create"),
            key("checker", "ApproveCustomerCommand", "approve"),
        ],
        idle_in_transaction: 0,
    }
}

/// What is found when one thing is changed.
fn found(change: impl FnOnce(&mut Vec<Record>, &mut Holdings)) -> Vec<Oracle> {
    let (mut records, mut holdings) = (orders(), holdings());
    change(&mut records, &mut holdings);
    judge(&records, &holdings).iter().map(|(oracle, _, _)| oracle).collect()
}

#[test]
fn nothing_is_found_where_everything_is_right() {
    assert_eq!(found(|_, _| {}), []);
    // An order that nobody answered may have been done.
    let done = found(|_, holdings| {
        holdings.clients[0] = Client { version: 3, state: 7, ..holdings.clients[0].clone() };
        holdings.lines.push(line(3, "exit", 7));
        holdings.events.push(("ada".to_owned(), 3));
        holdings.claims.clear();
    });
    assert_eq!(done, []);
}

#[test]
fn a_lost_command_is_found() {
    let lost = found(|_, holdings| {
        holdings.clients[0] = Client { version: 1, state: 3, ..holdings.clients[0].clone() };
        holdings.lines.pop();
        holdings.events.remove(0);
        holdings.keys.pop();
    });
    assert_eq!(lost, [Oracle::Lost, Oracle::Replay]);
}

#[test]
fn a_doubled_command_is_found() {
    let doubled = found(|_, holdings| {
        holdings.clients[0].version = 3;
        holdings.lines.push(line(3, "approve", 4));
        holdings.events.push(("ada".to_owned(), 3));
    });
    assert_eq!(doubled, [Oracle::Doubled]);
}

#[test]
fn what_was_refused_or_never_ordered_is_found() {
    for tag in ["reject", "somebody else's"] {
        let uncalled = found(|_, holdings| {
            holdings.clients[0].version = 3;
            holdings.lines.push(line(3, tag, 4));
            holdings.events.push(("ada".to_owned(), 3));
        });
        assert_eq!(uncalled, [Oracle::Uncalled], "{tag}");
    }
}

#[test]
fn an_answer_about_somebody_else_is_found() {
    let other = found(|records, _| records[0].body = r#"{"data":{"contactEncodedKey":"eve"}}"#.to_owned());
    assert_eq!(other, [Oracle::WrongAnswer]);
}

#[test]
fn a_gap_is_found_in_versions_and_states() {
    assert_eq!(found(|_, holdings| holdings.clients[0].version = 3), [Oracle::Gap]);
    assert_eq!(found(|_, holdings| holdings.clients[0].state = 1), [Oracle::Gap]);
    let hole = found(|_, holdings| {
        holdings.clients[0].version = 3;
        holdings.lines[1].version = 3;
        holdings.events[0].1 = 3;
    });
    assert_eq!(hole, [Oracle::Gap]);
    let nobody = found(|_, holdings| {
        holdings.clients.clear();
        holdings.claims.clear();
    });
    assert_eq!(nobody, [Oracle::Gap]);
}

#[test]
fn events_match_the_history_one_to_one() {
    assert_eq!(found(|_, holdings| drop(holdings.events.pop())), [Oracle::Outbox]);
    assert_eq!(found(|_, holdings| holdings.events.push(("ada".to_owned(), 2))), [Oracle::Outbox]);
}

#[test]
fn claims_are_those_of_the_state() {
    assert_eq!(found(|_, holdings| drop(holdings.claims.pop())), [Oracle::Claims]);
    let stranger = ("eve".to_owned(), "email".to_owned());
    assert_eq!(found(|_, holdings| holdings.claims.push(stranger)), [Oracle::Claims]);
}

#[test]
fn a_missing_outcome_and_an_open_transaction_are_found() {
    assert_eq!(found(|_, holdings| drop(holdings.keys.pop())), [Oracle::Replay]);
    assert_eq!(found(|_, holdings| holdings.idle_in_transaction = 1), [Oracle::IdleInTransaction]);
}
