//! The checker finds each kind of error in fabricated data, and nothing in correct data.

use std::time::Duration;

use clients_campaigns::checker::check;
use clients_campaigns::findings::Oracle;
use clients_campaigns::history::{Outcome, Record};
use clients_campaigns::inventory::{Client, Inventory, Line};
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

/// A client that was made and approved, while a rejection was refused and another order was never answered.
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
        actor: order.map_or("another", |order| order.by.subject()).to_owned(),
        event: format!("to {state}"),
    }
}

fn event(version: i64, state: i64) -> (String, i64, String) {
    ("ada".to_owned(), version, format!("to {state}"))
}

fn inventory() -> Inventory {
    let claim = |kind: &str| ("ada".to_owned(), kind.to_owned());
    let key = |actor: &str, command: &str, key: &str| (actor.to_owned(), command.to_owned(), key.to_owned());
    Inventory {
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
fn found(change: impl FnOnce(&mut Vec<Record>, &mut Inventory)) -> Vec<Oracle> {
    let (mut records, mut inventory) = (orders(), inventory());
    change(&mut records, &mut inventory);
    check(&records, &inventory).iter().map(|(oracle, _, _)| oracle).collect()
}

#[test]
fn correct_records_have_no_findings() {
    assert_eq!(found(|_, _| {}), []);
    // An order without an answer may have been done.
    let done = found(|_, inventory| {
        inventory.clients[0] = Client { version: 3, state: 7, ..inventory.clients[0].clone() };
        inventory.lines.push(line(3, "exit", 7));
        inventory.events.push(event(3, 7));
        inventory.claims.clear();
    });
    assert_eq!(done, []);
}

#[test]
fn approval_by_a_maker_is_found() {
    let own = found(|records, inventory| {
        let update = Order::about("update", Actor::Checker, "UpdateContactCommand", "ada", json!({}));
        records.push(record(update, Outcome::Done));
        let made = Line {
            command: "UpdateContactCommand".to_owned(),
            actor: "checker".to_owned(),
            ..line(2, "update", 3)
        };
        let approved = Line { version: 3, ..line(2, "approve", 4) };
        inventory.clients[0].version = 3;
        inventory.lines = vec![line(1, "create", 3), made, approved];
        inventory.events = vec![event(1, 3), event(2, 3), event(3, 4)];
        inventory.keys.push(("checker".to_owned(), "UpdateContactCommand".to_owned(), "update".to_owned()));
    });
    assert_eq!(own, [Oracle::FourEyes]);
}

#[test]
fn lost_command_is_found() {
    let lost = found(|_, inventory| {
        inventory.clients[0] = Client { version: 1, state: 3, ..inventory.clients[0].clone() };
        inventory.lines.pop();
        inventory.events.remove(0);
        inventory.keys.pop();
    });
    assert_eq!(lost, [Oracle::Lost, Oracle::Replay]);
}

#[test]
fn doubled_command_is_found() {
    let doubled = found(|_, inventory| {
        inventory.clients[0].version = 3;
        inventory.lines.push(line(3, "approve", 4));
        inventory.events.push(event(3, 4));
    });
    assert_eq!(doubled, [Oracle::Doubled]);
}

#[test]
fn effect_of_a_refused_or_unknown_order_is_found() {
    for tag in ["reject", "another caller's"] {
        let uncalled = found(|_, inventory| {
            inventory.clients[0].version = 3;
            inventory.lines.push(line(3, tag, 4));
            inventory.events.push(event(3, 4));
        });
        assert_eq!(uncalled, [Oracle::Uncalled], "{tag}");
    }
}

#[test]
fn answer_about_another_client_is_found() {
    let other = found(|records, _| records[0].body = r#"{"data":{"contactEncodedKey":"eve"}}"#.to_owned());
    assert_eq!(other, [Oracle::WrongAnswer]);
}

#[test]
fn effect_that_differs_from_its_order_is_found() {
    let command = found(|_, inventory| inventory.lines[1].command = "RejectCustomerCommand".to_owned());
    assert_eq!(command, [Oracle::WrongAnswer]);
    assert_eq!(
        found(|_, inventory| inventory.lines[1].actor = "maker".to_owned()),
        [Oracle::WrongAnswer, Oracle::FourEyes]
    );
    let state = found(|_, inventory| {
        inventory.clients[0].state = 5;
        inventory.claims.clear();
        inventory.lines[1] = Line { command: "ApproveCustomerCommand".to_owned(), ..line(2, "approve", 5) };
        inventory.events[0] = event(2, 5);
    });
    assert_eq!(state, [Oracle::WrongAnswer]);
    let client = found(|records, _| records[1].order.data["contactEncodedKey"] = json!("eve"));
    assert_eq!(client, [Oracle::WrongAnswer]);
}

#[test]
fn acknowledged_change_without_effect_is_found() {
    let moved = |outcome, city: &str| {
        let more = json!({ "city": "Jos" });
        let order = Order::about("move", Actor::Maker, "UpdateContactCommand", "ada", more);
        let city = city.to_owned();
        found(|records, inventory| {
            records.push(record(order, outcome));
            // Nothing else of her is unknown.
            records.remove(3);
            inventory.clients[0] = Client { version: 3, city, ..inventory.clients[0].clone() };
            let command = "UpdateContactCommand".to_owned();
            inventory.lines.push(Line { command, actor: "maker".to_owned(), ..line(3, "move", 4) });
            inventory.events.push(event(3, 4));
            inventory.keys.push(("maker".to_owned(), "UpdateContactCommand".to_owned(), "move".to_owned()));
        })
    };
    assert_eq!(moved(Outcome::Done, "Jos"), []);
    assert_eq!(moved(Outcome::Done, "Ikeja"), [Oracle::Lost]);
    assert_eq!(moved(Outcome::Unknown, "Ikeja"), []);
    assert_eq!(moved(Outcome::Unknown, "Jos"), []);
}

#[test]
fn gaps_in_versions_and_states_are_found() {
    assert_eq!(found(|_, inventory| inventory.clients[0].version = 3), [Oracle::Gap]);
    assert_eq!(found(|_, inventory| inventory.clients[0].state = 1), [Oracle::Gap]);
    let hole = found(|_, inventory| {
        inventory.clients[0].version = 3;
        inventory.lines[1].version = 3;
        inventory.events[0] = event(3, 4);
    });
    assert_eq!(hole, [Oracle::Gap]);
    let no_clients = found(|_, inventory| {
        inventory.clients.clear();
        inventory.claims.clear();
    });
    assert_eq!(no_clients, [Oracle::Gap]);
}

#[test]
fn events_match_the_history_one_to_one() {
    assert_eq!(found(|_, inventory| drop(inventory.events.pop())), [Oracle::Outbox]);
    assert_eq!(found(|_, inventory| inventory.events.push(event(2, 4))), [Oracle::Outbox]);
    assert_eq!(found(|_, inventory| inventory.events[0] = event(2, 7)), [Oracle::Outbox]);
}

#[test]
fn claims_must_match_the_state() {
    assert_eq!(found(|_, inventory| drop(inventory.claims.pop())), [Oracle::Claims]);
    for (client, kind) in [("eve", "email"), ("ada", "phone"), ("ada", "name")] {
        let claim = (client.to_owned(), kind.to_owned());
        assert_eq!(found(|_, inventory| inventory.claims.push(claim)), [Oracle::Claims], "{client} {kind}");
    }
}

#[test]
fn former_form_of_a_claim_is_no_finding() {
    let claim = |kind: &str| ("ada".to_owned(), kind.to_owned());
    let (email, document) = (claim("email"), claim("identification"));
    assert_eq!(found(|_, inventory| inventory.claims.extend([email, document])), []);
    assert_eq!(
        found(|_, inventory| inventory.claims.extend([claim("email"), claim("email")])),
        [Oracle::Claims]
    );
}

#[test]
fn missing_outcome_and_open_transaction_are_found() {
    assert_eq!(found(|_, inventory| drop(inventory.keys.pop())), [Oracle::Replay]);
    assert_eq!(found(|_, inventory| inventory.idle_in_transaction = 1), [Oracle::IdleInTransaction]);
}
