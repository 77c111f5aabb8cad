//! What must hold besides the state.

use client_domain::client::{Approval, DetailsPatch, Makers, Touch};
use client_domain::example::{home, passport};
use client_domain::kyc::{Content, ReviewAction, VerificationStatus};
use client_domain::lifecycle::{Action, Activity, Facts, OpenAccounts, Operation, explain};
use client_domain::value::PlaceName;
use client_domain::{
    AuditStamp, Blocker, Client, ClientField, ClientState, Decision, Permission, Permissions, Refusal,
    RefusalKind,
};

use crate::made_up::{checker, in_state, maker, pending, stamp, with_reason};

fn four_eyes() -> Facts {
    Facts { four_eyes: true, ..Facts::without_controls() }
}

fn approve(client: &Client, who: &str) -> Result<Client, Refusal> {
    let change = client.perform(Action::Approve, with_reason(), &four_eyes(), &stamp(who, 50))?;
    Ok(change.client)
}

fn city(name: &str) -> DetailsPatch {
    DetailsPatch { city: Some(PlaceName::parse(name).unwrap()), ..DetailsPatch::default() }
}

fn edited(client: &Client, name: &str, by: &AuditStamp) -> Client {
    client.update(city(name), by).unwrap().change().unwrap().client
}

/// A client that has been touched in every way before its approval, each time by somebody else.
fn much_touched() -> Client {
    let client = edited(&pending(), "Abuja", &stamp("editor", 2));
    let document = passport(&stamp("uploader", 3)).unwrap();
    let client = client.submit_document(document.clone(), &stamp("uploader", 3)).unwrap().client;
    let other = Content { uploaded: stamp("replacer", 4), ..document.content };
    let client = client.replace_content(&document.id, other, &stamp("replacer", 4)).unwrap().client;
    let client = client.submit_address(home().unwrap(), &stamp("mover", 5)).unwrap().client;
    client.request_approval(None, &stamp("requester", 6)).unwrap().client
}

#[test]
fn nobody_who_touched_the_client_since_its_last_decision_approves_it() {
    let client = much_touched();
    for (who, touch) in [
        ("maker", Touch::Created),
        ("editor", Touch::Updated),
        ("uploader", Touch::Documents),
        ("replacer", Touch::Documents),
        ("mover", Touch::Addresses),
        ("requester", Touch::Requested),
    ] {
        let touches = [touch].into_iter().collect();
        for id in [who.to_owned(), who.to_uppercase(), format!("{who}\u{200B}"), who.replace('e', "ｅ")] {
            let refusal = approve(&client, &id).unwrap_err();
            assert_eq!(refusal.blockers, [Blocker::FourEyes { touches, too_many: false }], "{id:?}");
            assert_eq!(refusal.code(), "four_eyes");
            assert!(refusal.to_string().contains(touch.words()), "{refusal}");
        }
    }
    let approved = approve(&client, "checker").unwrap();
    assert_eq!(approved.snapshot().makers, Makers::default());
}

#[test]
fn a_fresh_review_is_by_somebody_who_neither_barred_the_client_nor_lifted_the_bar() {
    let approved = approve(&pending(), "checker").unwrap();
    let act = |client: &Client, action, who: &str| {
        client.perform(action, with_reason(), &four_eyes(), &stamp(who, 40)).unwrap().client
    };
    let approved = edited(&approved, "Kano", &stamp("editor", 30));
    let barred = act(&approved, Action::Blacklist, "barrer");
    let lifted = act(&barred, Action::UndoBlacklist, "lifter");
    for who in ["editor", "barrer", "lifter"] {
        assert_eq!(approve(&lifted, who).unwrap_err().code(), "four_eyes", "{who}");
    }
    // Their work was accepted by the decision before.
    for who in ["maker", "checker"] {
        assert!(approve(&lifted, who).is_ok(), "{who}");
    }
}

#[test]
fn systems_and_reviewers_are_no_makers() {
    let uploader = stamp("uploader", 2);
    let document = passport(&uploader).unwrap();
    let client = pending().submit_document(document.clone(), &uploader).unwrap().client;
    let reviewer = stamp("reviewer", 3);
    let client = client.review_document(&document.id, ReviewAction::Approve, None, &reviewer).unwrap().client;
    assert!(approve(&client, "reviewer").is_ok());
    let active = in_state(ClientState::Active);
    assert_eq!(active.snapshot().makers, Makers::default());
}

#[test]
fn a_change_withdraws_the_request_that_was_open() {
    let asked = pending().request_approval(None, &maker()).unwrap().client;
    let document = passport(&maker()).unwrap();
    let with_paper = pending().submit_document(document.clone(), &maker()).unwrap().client;
    let asked_with_paper = with_paper.request_approval(None, &maker()).unwrap().client;
    let changes = [
        asked.update(city("Abuja"), &maker()).unwrap().change().unwrap(),
        asked.submit_document(document.clone(), &maker()).unwrap(),
        asked.submit_address(home().unwrap(), &maker()).unwrap(),
        asked_with_paper.replace_content(&document.id, document.content.clone(), &maker()).unwrap(),
    ];
    for change in changes {
        assert_eq!(change.client.snapshot().approval, Approval::NotRequested);
        assert!(change.event.withdrew_request(), "{:?}", change.event.kind);
        assert_eq!(change.event.changed.last(), Some(&ClientField::ApprovalStatus));
    }
    // Nothing to withdraw, nothing changed, and a review: none of them withdraws.
    assert!(!pending().update(city("Abuja"), &maker()).unwrap().change().unwrap().event.withdrew_request());
    assert_eq!(asked.update(DetailsPatch::default(), &maker()).unwrap(), Decision::Unchanged);
    let reviewed =
        asked_with_paper.review_document(&document.id, ReviewAction::Approve, None, &checker()).unwrap();
    assert!(matches!(reviewed.client.snapshot().approval, Approval::Requested(_)));
}

#[test]
fn where_more_people_touched_a_client_than_can_be_told_apart_nobody_approves_it() {
    let mut client = pending();
    for n in 1..=Makers::MAX {
        client = edited(&client, &format!("City {n}"), &stamp(&format!("editor-{n}"), 2));
    }
    let refusal = approve(&client, "checker").unwrap_err();
    assert_eq!(refusal.code(), "four_eyes");
    assert!(refusal.to_string().contains("it is not certain that you are not one of them"), "{refusal}");
    let rejected = client.perform(Action::Reject, with_reason(), &four_eyes(), &checker()).unwrap().client;
    assert_eq!(rejected.snapshot().makers, Makers::default());
}

#[test]
fn whoever_approves_alone_stays_a_maker() {
    let alone = pending()
        .perform(Action::Approve, with_reason(), &Facts::without_controls(), &maker())
        .unwrap()
        .client;
    assert!(alone.snapshot().makers.touches_of(&maker().by.id).holds(Touch::ApprovedAlone));
    let barred = alone.perform(Action::Blacklist, with_reason(), &four_eyes(), &checker()).unwrap().client;
    let lifted =
        barred.perform(Action::UndoBlacklist, with_reason(), &four_eyes(), &checker()).unwrap().client;
    assert_eq!(approve(&lifted, "maker").unwrap_err().code(), "four_eyes");
}

#[test]
fn a_bank_may_do_without_four_eyes() {
    let facts = four_eyes();
    let requested = pending().request_approval(None, &stamp("requester", 2)).unwrap().client;
    // Turning somebody down takes one pair of eyes, and a bank may switch the rule off.
    assert!(requested.perform(Action::Reject, with_reason(), &facts, &maker()).is_ok());
    assert!(requested.perform(Action::Approve, with_reason(), &Facts::without_controls(), &maker()).is_ok());
}

#[test]
fn a_bank_may_want_a_request_before_the_decision() {
    let facts = Facts { approval_needs_request: true, ..Facts::without_controls() };
    for action in [Action::Approve, Action::Reject] {
        let refusal = pending().perform(action, with_reason(), &facts, &checker()).unwrap_err();
        assert_eq!(refusal.blockers, [Blocker::ApprovalNotRequested]);
        let requested = pending().request_approval(None, &maker()).unwrap().client;
        assert!(requested.perform(action, with_reason(), &facts, &checker()).is_ok());
    }
}

#[test]
fn open_accounts_keep_a_client_from_leaving() {
    let client = in_state(ClientState::Active);
    let with = |open_accounts| Facts { open_accounts, ..Facts::without_controls() };
    let refusal =
        client.perform(Action::Exit, with_reason(), &with(OpenAccounts::Count(2)), &checker()).unwrap_err();
    assert_eq!(refusal.blockers, [Blocker::OpenAccounts { count: 2 }]);
    assert_eq!(refusal.to_string(), "exit is not possible: the client still has 2 open account(s)");
    for facts in [with(OpenAccounts::Count(0)), with(OpenAccounts::Unknown)] {
        assert!(client.perform(Action::Exit, with_reason(), &facts, &checker()).is_ok());
    }
}

#[test]
fn approval_waits_for_the_papers_that_are_demanded() {
    let facts = Facts { kyc: Some(crate::papers::requirements()), ..Facts::without_controls() };
    let approve =
        |client: &client_domain::Client| client.perform(Action::Approve, with_reason(), &facts, &checker());
    let refusal = approve(&pending()).unwrap_err();
    assert_eq!(refusal.code(), "kyc_incomplete");
    let Blocker::Kyc { missing } = &refusal.blockers[0] else { panic!("{refusal:?}") };
    let named: Vec<_> = missing.iter().map(|one| (one.requirement.to_string(), one.status.name())).collect();
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
    let facts = Facts { four_eyes: true, approval_needs_request: true, ..Facts::without_controls() };
    let refusal = pending().perform(Action::Approve, with_reason(), &facts, &maker()).unwrap_err();
    assert_eq!(refusal.blockers.len(), 2);
    assert_eq!(refusal.code(), "invalid_status");
}

#[test]
fn a_refusal_is_of_the_kind_that_all_its_reasons_are_of() {
    let kind = |blockers: &[Blocker]| {
        let operation = Operation::Activity(Activity::ReviewKyc);
        Refusal { operation, state: ClientState::Approved, blockers: blockers.to_vec() }.kind()
    };
    let reviewed = || Blocker::Reviewed { status: VerificationStatus::Approved };
    assert_eq!(kind(&[Blocker::OwnUpload]), RefusalKind::FourEyes);
    assert_eq!(kind(&[Blocker::OwnUpload, Blocker::ReasonMissing]), RefusalKind::InvalidStatus);
    assert_eq!(kind(&[Blocker::OwnUpload, Blocker::ContentChanged]), RefusalKind::ContentChanged);
    assert_eq!(kind(&[Blocker::ContentChanged, reviewed()]), RefusalKind::AlreadyReviewed);
    assert_eq!(kind(&[]), RefusalKind::InvalidStatus, "nothing is not four eyes");
}

#[test]
fn the_explanation_agrees_with_the_decision() {
    let facts = Facts {
        four_eyes: true,
        approval_needs_request: true,
        open_accounts: OpenAccounts::Count(1),
        kyc: Some(crate::papers::requirements()),
        decisions_need_version: false,
    };
    for state in ClientState::ALL {
        let client = in_state(state);
        for who in [maker(), checker()] {
            for entry in explain(&client, &who.by, &Permissions::all(), &facts) {
                let Operation::Action(action) = entry.operation else { continue };
                let outcome = client.perform(action, with_reason(), &facts, &who);
                assert_eq!(entry.is_allowed(), outcome.is_ok(), "{state:?} {action:?}");
                if let Err(refusal) = outcome {
                    assert_eq!(entry.blockers, refusal.blockers);
                }
            }
        }
    }
}

#[test]
fn the_explanation_names_the_missing_permission() {
    let reader: Permissions = [Permission::Read].into_iter().collect();
    let entries = explain(&pending(), &checker().by, &reader, &Facts::without_controls());
    let blocked: Vec<_> = entries
        .iter()
        .filter(|entry| entry.blockers.contains(&Blocker::Permission(Permission::Approve)))
        .collect();
    assert_eq!(blocked.len(), 2, "approve and reject");
    assert!(entries.iter().any(|entry| entry.operation.name() == "view" && entry.is_allowed()));
}

#[test]
fn activation_is_told_as_where_transacting_leads() {
    for state in ClientState::ALL {
        let entries =
            explain(&in_state(state), &checker().by, &Permissions::all(), &Facts::without_controls());
        assert!(entries.iter().all(|entry| entry.operation != Operation::Action(Action::Activate)));
        let transact = entries.iter().find(|entry| entry.operation.name() == "transact").unwrap();
        let expected = (state == ClientState::Approved).then_some(ClientState::Active);
        assert_eq!(transact.to, expected, "{state:?}");
    }
}
