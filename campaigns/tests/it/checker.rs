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
    let order = orders().into_iter().map(|record| record.order).find(|order| order.tag == request);
    Line {
        client: "ada".to_owned(),
        version,
        request: request.to_owned(),
        state,
        command: order.as_ref().map_or("FooCommand", |order| order.command).to_owned(),
        actor: order.map_or("somebody", |order| order.by.subject()).to_owned(),
        event: format!("to {state}"),
    }
}

fn event(version: i64, state: i64) -> (String, i64, String) {
    ("ada".to_owned(), version, format!("to {state}"))
}

fn holdings() -> Holdings {
    let claim = |kind: &str| ("ada".to_owned(), kind.to_owned());
    let key = |actor: &str, command: &str, key: &str| (actor.to_owned(), command.to_owned(), key.to_owned());
    Holdings {
        clients: vec![Client { key: "ada".to_owned(), version: 2, state: 4, city: "Ikeja".to_owned() }],
        lines: vec![line(1, "create", 3), line(2, "approve", 4)],
        events: vec![event(2, 4), event(1, 3)],
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
        holdings.events.push(event(3, 7));
        holdings.claims.clear();
    });
    assert_eq!(done, []);
}

#[test]
fn an_approval_of_own_work_is_found() {
    let own = found(|records, holdings| {
        let update = Order::about("update", Actor::Checker, "UpdateContactCommand", "ada", json!({}));
        records.push(record(update, Outcome::Done));
        let made = Line {
            command: "UpdateContactCommand".to_owned(),
            actor: "checker".to_owned(),
            ..line(2, "update", 3)
        };
        let approved = Line { version: 3, ..line(2, "approve", 4) };
        holdings.clients[0].version = 3;
        holdings.lines = vec![line(1, "create", 3), made, approved];
        holdings.events = vec![event(1, 3), event(2, 3), event(3, 4)];
        holdings.keys.push(("checker".to_owned(), "UpdateContactCommand".to_owned(), "update".to_owned()));
    });
    assert_eq!(own, [Oracle::FourEyes]);
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
        holdings.events.push(event(3, 4));
    });
    assert_eq!(doubled, [Oracle::Doubled]);
}

#[test]
fn what_was_refused_or_never_ordered_is_found() {
    for tag in ["reject", "somebody else's"] {
        let uncalled = found(|_, holdings| {
            holdings.clients[0].version = 3;
            holdings.lines.push(line(3, tag, 4));
            holdings.events.push(event(3, 4));
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
fn an_effect_that_is_not_what_was_ordered_is_found() {
    let command = found(|_, holdings| holdings.lines[1].command = "RejectCustomerCommand".to_owned());
    assert_eq!(command, [Oracle::WrongAnswer]);
    assert_eq!(
        found(|_, holdings| holdings.lines[1].actor = "maker".to_owned()),
        [Oracle::WrongAnswer, Oracle::FourEyes]
    );
    let state = found(|_, holdings| {
        holdings.clients[0].state = 5;
        holdings.claims.clear();
        holdings.lines[1] = Line { command: "ApproveCustomerCommand".to_owned(), ..line(2, "approve", 5) };
        holdings.events[0] = event(2, 5);
    });
    assert_eq!(state, [Oracle::WrongAnswer]);
    let client = found(|records, _| records[1].order.data["contactEncodedKey"] = json!("eve"));
    assert_eq!(client, [Oracle::WrongAnswer]);
}

#[test]
fn a_change_that_is_told_but_not_made_is_found() {
    let moved = |outcome, city: &str| {
        let more = json!({ "city": "Jos" });
        let order = Order::about("move", Actor::Maker, "UpdateContactCommand", "ada", more);
        let city = city.to_owned();
        found(|records, holdings| {
            records.push(record(order, outcome));
            // Nothing else of her is unknown.
            records.remove(3);
            holdings.clients[0] = Client { version: 3, city, ..holdings.clients[0].clone() };
            let command = "UpdateContactCommand".to_owned();
            holdings.lines.push(Line { command, actor: "maker".to_owned(), ..line(3, "move", 4) });
            holdings.events.push(event(3, 4));
            holdings.keys.push(("maker".to_owned(), "UpdateContactCommand".to_owned(), "move".to_owned()));
        })
    };
    assert_eq!(moved(Outcome::Done, "Jos"), []);
    assert_eq!(moved(Outcome::Done, "Ikeja"), [Oracle::Lost]);
    assert_eq!(moved(Outcome::Unknown, "Ikeja"), []);
    assert_eq!(moved(Outcome::Unknown, "Jos"), []);
}

#[test]
fn a_gap_is_found_in_versions_and_states() {
    assert_eq!(found(|_, holdings| holdings.clients[0].version = 3), [Oracle::Gap]);
    assert_eq!(found(|_, holdings| holdings.clients[0].state = 1), [Oracle::Gap]);
    let hole = found(|_, holdings| {
        holdings.clients[0].version = 3;
        holdings.lines[1].version = 3;
        holdings.events[0] = event(3, 4);
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
    assert_eq!(found(|_, holdings| holdings.events.push(event(2, 4))), [Oracle::Outbox]);
    assert_eq!(found(|_, holdings| holdings.events[0] = event(2, 7)), [Oracle::Outbox]);
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
