//! Every state with every action and every activity.

use client_domain::client::DetailsPatch;
use client_domain::kyc::{DocumentKind, RequestedDocuments, ReviewAction};
use client_domain::lifecycle::{
    ALLOWANCES, Action, Activity, Facts, Operation, TRANSITIONS, origins, transition,
};
use client_domain::value::PlaceName;
use client_domain::{Blocker, Client, ClientState, EventKind, Justification, Refusal, example};

use crate::fixtures::{checker, in_state, maker, stamp, transaction, with_reason};

#[test]
fn every_state_and_action_follows_the_table() {
    for state in ClientState::ALL {
        let client = in_state(state);
        for action in Action::ALL {
            let outcome = client.perform(action, with_reason(), &Facts::without_controls(), &checker());
            match (transition(state, action), outcome) {
                (Some(row), Ok(change)) => {
                    assert_eq!(change.client.state(), row.to);
                    assert_eq!(change.client.version(), client.version().next());
                    assert_eq!(change.event.kind, row.event);
                    assert_eq!((change.event.from, change.event.to), (Some(state), row.to));
                    assert_eq!(change.event.version, change.client.version());
                    assert_eq!(change.event.reason, with_reason().reason);
                    assert_eq!(Client::restore(change.client.snapshot().clone()).unwrap(), change.client);
                }
                (None, Err(refusal)) => {
                    assert_eq!(refusal.state, state);
                    assert_eq!(refusal.operation, Operation::Action(action));
                    assert_eq!(refusal.blockers, [Blocker::State { needed: origins(action) }]);
                }
                (row, outcome) => panic!("{state:?} {action:?}: {row:?} but {outcome:?}"),
            }
        }
    }
}

fn requested() -> RequestedDocuments {
    RequestedDocuments::new(vec![DocumentKind::UtilityBill]).unwrap()
}

#[test]
fn every_state_and_activity_follows_the_second_table() {
    let moved = DetailsPatch { city: Some(PlaceName::parse("Abuja").unwrap()), ..DetailsPatch::default() };
    for state in ClientState::ALL {
        let client = in_state(state);
        let passport = example::passport(&maker()).unwrap();
        let restored = crate::documents::with_document(&client, &passport);
        let reviewed = |action| restored.review_document(&passport.id, action, None, &checker());
        let decided: [(Activity, Result<(), Refusal>); 7] = [
            (Activity::ChangeKyc, client.submit_document(passport.clone(), &maker()).map(drop)),
            (Activity::ChangeKyc, client.submit_address(example::home().unwrap(), &maker()).map(drop)),
            (Activity::ReviewKyc, reviewed(ReviewAction::Approve).map(drop)),
            (
                Activity::Update,
                client.update(moved.clone(), &Facts::without_controls(), &checker()).map(drop),
            ),
            (Activity::RequestApproval, client.request_approval(None, &checker()).map(drop)),
            (Activity::RequestDocuments, client.request_documents(requested(), None, &checker()).map(drop)),
            (Activity::Transact, client.record_transaction(transaction("TX-2"), &checker()).map(drop)),
        ];
        for (activity, outcome) in decided {
            assert_eq!(outcome.is_ok(), activity.allowance().allows(state), "{state:?} {activity:?}");
            if let Err(refusal) = outcome {
                assert_eq!(refusal.code(), "invalid_status");
            }
        }
    }
}

#[test]
fn action_without_its_mandatory_reason_is_refused() {
    for row in TRANSITIONS.iter().filter(|row| row.reason_needed) {
        let client = in_state(row.from.unwrap());
        let refusal = client
            .perform(row.action, Justification::default(), &Facts::without_controls(), &checker())
            .unwrap_err();
        assert_eq!(refusal.blockers, [Blocker::ReasonMissing]);
    }
}

#[test]
fn published_refusals_have_their_own_codes() {
    let code = |state, action| {
        in_state(state)
            .perform(action, with_reason(), &Facts::without_controls(), &checker())
            .unwrap_err()
            .code()
    };
    assert_eq!(code(ClientState::BlackListed, Action::Blacklist), "already_blacklisted");
    assert_eq!(code(ClientState::PendingApproval, Action::Blacklist), "invalid_status");
    for state in ClientState::ALL.into_iter().filter(|state| *state != ClientState::BlackListed) {
        assert_eq!(code(state, Action::UndoBlacklist), "not_blacklisted");
    }
}

#[test]
fn every_event_kind_belongs_to_a_row_or_an_activity() {
    let from_rows: Vec<_> = TRANSITIONS.iter().map(|row| row.event).collect();
    for kind in EventKind::ALL {
        let from_activity = !kind.name().starts_with("Client")
            || matches!(kind, EventKind::Updated | EventKind::Corrected | EventKind::ApprovalRequested);
        assert_ne!(from_rows.contains(&kind), from_activity, "{kind:?}");
        assert_eq!(EventKind::parse(kind.name()), Some(kind));
    }
    assert_eq!(ALLOWANCES.len(), 12);
}

#[test]
fn removal_from_the_blacklist_begins_a_fresh_review() {
    let active = in_state(ClientState::Active);
    let blacklisted = crate::fixtures::perform(&active, Action::Blacklist);
    let lifted = crate::fixtures::perform(&blacklisted, Action::UndoBlacklist);
    assert_eq!(lifted.state(), ClientState::PendingApproval);
    assert_eq!(lifted.snapshot().approval.status(), None);
    assert_eq!(lifted.snapshot().activated_at, None);

    // A transaction that activated the client once does not activate it again after the new approval.
    let again = crate::fixtures::perform(&lifted, Action::Approve);
    assert_eq!(again.record_transaction(transaction("TX-1"), &checker()).unwrap().change(), None);
    let next = again.record_transaction(transaction("TX-9"), &checker()).unwrap().change().unwrap();
    assert_eq!(next.client.state(), ClientState::Active);
}

#[test]
fn clock_set_back_does_not_move_the_modification_time_back() {
    let client = in_state(ClientState::Approved);
    let earlier =
        client_domain::AuditStamp { at: "2025-01-01T00:00:00Z".parse().unwrap(), ..stamp("checker", 5) };
    let change = client.perform(Action::Exit, with_reason(), &Facts::without_controls(), &earlier).unwrap();
    assert_eq!(change.client.snapshot().modified_at, client.snapshot().modified_at);
    assert!(Client::restore(change.client.snapshot().clone()).is_ok());
}
