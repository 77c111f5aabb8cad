//! What must hold besides the state.

use client_domain::lifecycle::{Action, Facts, OpenAccounts, Operation, explain};
use client_domain::{ClientState, Permission, Permissions, Unmet};

use crate::made_up::{checker, in_state, maker, pending, stamp, with_reason};

#[test]
fn whoever_created_or_requested_does_not_approve() {
    let facts = Facts { four_eyes: true, ..Facts::default() };
    let requested = pending().request_approval(None, &stamp("requester", 2)).unwrap().client;
    for (who, created, asked) in [("maker", true, false), ("requester", false, true)] {
        let refusal = requested.perform(Action::Approve, with_reason(), &facts, &stamp(who, 3)).unwrap_err();
        assert_eq!(refusal.unmet, [Unmet::FourEyes { created, requested: asked }]);
        assert_eq!(refusal.code(), "four_eyes");
    }
    assert!(requested.perform(Action::Approve, with_reason(), &facts, &checker()).is_ok());
    // Turning somebody down takes one pair of eyes, and a bank may switch the rule off.
    assert!(requested.perform(Action::Reject, with_reason(), &facts, &maker()).is_ok());
    assert!(requested.perform(Action::Approve, with_reason(), &Facts::default(), &maker()).is_ok());
}

#[test]
fn a_bank_may_want_a_request_before_the_decision() {
    let facts = Facts { approval_needs_request: true, ..Facts::default() };
    for action in [Action::Approve, Action::Reject] {
        let refusal = pending().perform(action, with_reason(), &facts, &checker()).unwrap_err();
        assert_eq!(refusal.unmet, [Unmet::ApprovalNotRequested]);
        let requested = pending().request_approval(None, &maker()).unwrap().client;
        assert!(requested.perform(action, with_reason(), &facts, &checker()).is_ok());
    }
}

#[test]
fn open_accounts_keep_a_client_from_leaving() {
    let client = in_state(ClientState::Active);
    let with = |open_accounts| Facts { open_accounts, ..Facts::default() };
    let refusal =
        client.perform(Action::Exit, with_reason(), &with(OpenAccounts::Count(2)), &checker()).unwrap_err();
    assert_eq!(refusal.unmet, [Unmet::OpenAccounts { count: 2 }]);
    assert_eq!(refusal.to_string(), "exit is not possible: open_accounts");
    for facts in [with(OpenAccounts::Count(0)), with(OpenAccounts::Unknown)] {
        assert!(client.perform(Action::Exit, with_reason(), &facts, &checker()).is_ok());
    }
}

#[test]
fn approval_waits_for_the_papers_that_are_demanded() {
    let facts = Facts { kyc: Some(crate::papers::demand()), ..Facts::default() };
    let approve =
        |client: &client_domain::Client| client.perform(Action::Approve, with_reason(), &facts, &checker());
    let refusal = approve(&pending()).unwrap_err();
    assert_eq!(refusal.code(), "kyc_incomplete");
    let Unmet::Kyc { missing } = &refusal.unmet[0] else { panic!("{refusal:?}") };
    let named: Vec<_> =
        missing.iter().map(|one| (one.requirement.to_string(), one.standing.name())).collect();
    assert_eq!(
        named,
        [
            ("National ID or International Passport".to_owned(), "missing"),
            ("Utility Bill".to_owned(), "missing"),
            ("Address".to_owned(), "missing"),
        ]
    );
    assert!(approve(&crate::papers::complete(pending())).is_ok());
    // Turning somebody down takes no papers.
    assert!(pending().perform(Action::Reject, with_reason(), &facts, &checker()).is_ok());
}

#[test]
fn every_unmet_guard_is_named_at_once() {
    let facts = Facts { four_eyes: true, approval_needs_request: true, ..Facts::default() };
    let refusal = pending().perform(Action::Approve, with_reason(), &facts, &maker()).unwrap_err();
    assert_eq!(refusal.unmet.len(), 2);
    assert_eq!(refusal.code(), "invalid_status");
}

#[test]
fn the_explanation_agrees_with_the_decision() {
    let facts = Facts {
        four_eyes: true,
        approval_needs_request: true,
        open_accounts: OpenAccounts::Count(1),
        kyc: Some(crate::papers::demand()),
    };
    for state in ClientState::ALL {
        let client = in_state(state);
        for who in [maker(), checker()] {
            for entry in explain(&client, &who.by, &Permissions::all(), &facts) {
                let Operation::Action(action) = entry.operation else { continue };
                let outcome = client.perform(action, with_reason(), &facts, &who);
                assert_eq!(entry.is_allowed(), outcome.is_ok(), "{state:?} {action:?}");
                if let Err(refusal) = outcome {
                    assert_eq!(entry.unmet, refusal.unmet);
                }
            }
        }
    }
}

#[test]
fn the_explanation_names_the_missing_permission() {
    let reader: Permissions = [Permission::Read].into_iter().collect();
    let entries = explain(&pending(), &checker().by, &reader, &Facts::default());
    let blocked: Vec<_> = entries
        .iter()
        .filter(|entry| entry.unmet.contains(&Unmet::Permission(Permission::Approve)))
        .collect();
    assert_eq!(blocked.len(), 2, "approve and reject");
    assert!(entries.iter().any(|entry| entry.operation.name() == "view" && entry.is_allowed()));
}
