//! Clients, people and times for the tests.

use client_domain::client::{Decision, Transaction};
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::{Reason, TransactionReference};
use client_domain::{Actor, AuditStamp, Client, ClientState, Justification, example};

pub fn stamp(who: &str, minute: u32) -> AuditStamp {
    AuditStamp::new(Actor::parse(who).unwrap(), format!("2026-01-05T09:{minute:02}:00Z").parse().unwrap())
}

pub fn maker() -> AuditStamp {
    stamp("maker", 0)
}

pub fn checker() -> AuditStamp {
    stamp("checker", 1)
}

pub fn pending() -> Client {
    Client::onboard(example::application().unwrap(), &maker()).client
}

pub fn with_reason() -> Justification {
    Reason::parse("as the documents show").unwrap().into()
}

pub fn transaction(text: &str) -> Transaction {
    Transaction::of(TransactionReference::parse(text).unwrap())
}

pub fn perform(client: &Client, action: Action) -> Client {
    client.perform(action, with_reason(), &Facts::without_controls(), &checker()).unwrap().client
}

/// A client that reached `state` by the shortest path.
pub fn in_state(state: ClientState) -> Client {
    let approved = || perform(&pending(), Action::Approve);
    match state {
        ClientState::PendingApproval => pending(),
        ClientState::Approved => approved(),
        ClientState::Active => {
            match approved().record_transaction(transaction("TX-1"), &checker()).unwrap() {
                Decision::Changed(change) => change.client,
                Decision::Unchanged => panic!("the first transaction activates"),
            }
        }
        ClientState::Rejected => perform(&pending(), Action::Reject),
        ClientState::BlackListed => perform(&approved(), Action::Blacklist),
        ClientState::Exited => perform(&approved(), Action::Exit),
    }
}
