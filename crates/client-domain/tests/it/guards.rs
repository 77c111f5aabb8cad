//! The guards of the lifecycle.

use std::collections::BTreeMap;

use client_domain::client::{Approval, DetailsPatch, Makers, Touch, explain};
use client_domain::example::{home, passport};
use client_domain::kyc::{Content, ReviewAction, VerificationStatus};
use client_domain::lifecycle::{Action, Activity, Facts, OpenAccounts, Operation};
use client_domain::value::{ClientKey, PlaceName};
use client_domain::{
    AuditStamp, Blocker, Client, ClientField, ClientState, Decision, Permission, Permissions, Refusal,
    RefusalKind,
};

use crate::fixtures::{checker, in_state, maker, pending, stamp, with_reason};

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
    client.update(city(name), &Facts::without_controls(), by).unwrap().change().unwrap().client
}

/// A pending client that was touched in every way, each time by another person.
fn touched_by_six_people() -> Client {
    let client = edited(&pending(), "Abuja", &stamp("editor", 2));
    let document = passport(&stamp("uploader", 3)).unwrap();
    let client = client.submit_document(document.clone(), &stamp("uploader", 3)).unwrap().client;
    let other = Content { uploaded: stamp("replacer", 4), ..document.content };
    let client = client.replace_content(&document.id, other, &stamp("replacer", 4)).unwrap().client;
    let client = client.submit_address(home().unwrap(), &stamp("mover", 5)).unwrap().client;
    client.request_approval(None, &stamp("requester", 6)).unwrap().client
}

#[test]
fn makers_since_the_last_decision_do_not_approve() {
    let client = touched_by_six_people();
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
fn actors_of_blacklisting_and_its_removal_do_not_approve_the_fresh_review() {
    let approved = approve(&pending(), "checker").unwrap();
    let act = |client: &Client, action, who: &str| {
        client.perform(action, with_reason(), &four_eyes(), &stamp(who, 40)).unwrap().client
    };
    let approved = edited(&approved, "Kano", &stamp("editor", 30));
    let blacklisted = act(&approved, Action::Blacklist, "blacklister");
    let lifted = act(&blacklisted, Action::UndoBlacklist, "lifter");
    for who in ["editor", "blacklister", "lifter"] {
        assert_eq!(approve(&lifted, who).unwrap_err().code(), "four_eyes", "{who}");
    }
    // The decision before has reviewed their work.
    for who in ["maker", "checker"] {
        assert!(approve(&lifted, who).is_ok(), "{who}");
    }
}

#[test]
fn undone_rejection_is_reviewed_by_a_person_who_made_nothing_of_it() {
    let act = |client: &Client, action, who: &str| {
        client.perform(action, with_reason(), &four_eyes(), &stamp(who, 40)).unwrap()
    };
    let touched = touched_by_six_people();
    for end in [Action::Reject, Action::Lapse] {
        let ended = act(&touched, end, "rejecter").client;
        let undone = act(&ended, Action::UndoReject, "undoer");
        assert_eq!(undone.event.changed, [ClientField::ClientState, ClientField::ApprovalStatus]);
        let client = undone.client;
        assert_eq!(
            (client.state(), &client.snapshot().approval),
            (ClientState::PendingApproval, &Approval::NotRequested)
        );
        assert_eq!(client.claims(), touched.claims());
        for who in ["maker", "editor", "uploader", "replacer", "mover", "requester", "undoer"] {
            assert_eq!(approve(&client, who).unwrap_err().code(), "four_eyes", "{who}");
        }
        assert!(approve(&client, "rejecter").is_ok(), "a rejection adds no maker");
    }
}

#[test]
fn withdrawn_application_stays_ended() {
    let act = |client: &Client, action, facts: &Facts| {
        client.perform(action, with_reason(), facts, &stamp("clerk", 40))
    };
    let ended = act(&pending(), Action::Withdraw, &four_eyes()).unwrap().client;
    let withdrawn = Facts { withdrawn: true, ..four_eyes() };
    let refusal = act(&ended, Action::UndoReject, &withdrawn).unwrap_err();
    assert_eq!((&refusal.blockers[..], refusal.code()), (&[Blocker::Withdrawn][..], "invalid_status"));
    assert!(refusal.to_string().contains("withdrawn the application"), "{refusal}");
}

#[test]
fn systems_and_reviewers_are_not_makers() {
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
fn change_withdraws_the_open_request() {
    let asked = pending().request_approval(None, &maker()).unwrap().client;
    let document = passport(&maker()).unwrap();
    let with_document = pending().submit_document(document.clone(), &maker()).unwrap().client;
    let asked_with_document = with_document.request_approval(None, &maker()).unwrap().client;
    let changes = [
        asked.update(city("Abuja"), &Facts::without_controls(), &maker()).unwrap().change().unwrap(),
        asked.submit_document(document.clone(), &maker()).unwrap(),
        asked.submit_address(home().unwrap(), &maker()).unwrap(),
        asked_with_document.replace_content(&document.id, document.content.clone(), &maker()).unwrap(),
    ];
    for change in changes {
        assert_eq!(change.client.snapshot().approval, Approval::NotRequested);
        assert!(change.event.withdrew_request(), "{:?}", change.event.kind);
        assert_eq!(change.event.changed.last(), Some(&ClientField::ApprovalStatus));
    }
    // An update without a request, an update without a change, and a review withdraw nothing.
    assert!(
        !pending()
            .update(city("Abuja"), &Facts::without_controls(), &maker())
            .unwrap()
            .change()
            .unwrap()
            .event
            .withdrew_request()
    );
    assert_eq!(
        asked.update(DetailsPatch::default(), &Facts::without_controls(), &maker()).unwrap(),
        Decision::Unchanged
    );
    let reviewed =
        asked_with_document.review_document(&document.id, ReviewAction::Approve, None, &checker()).unwrap();
    assert!(matches!(reviewed.client.snapshot().approval, Approval::Requested(_)));
}

#[test]
fn client_with_too_many_makers_can_only_be_rejected() {
    let mut client = pending();
    for n in 1..=Makers::MAX {
        client = edited(&client, &format!("City {n}"), &stamp(&format!("editor-{n}"), 2));
    }
    let refusal = approve(&client, "checker").unwrap_err();
    assert_eq!(refusal.code(), "four_eyes");
    assert!(refusal.to_string().contains("so you may be one of them"), "{refusal}");
    let rejected = client.perform(Action::Reject, with_reason(), &four_eyes(), &checker()).unwrap().client;
    let undone =
        rejected.perform(Action::UndoReject, with_reason(), &four_eyes(), &checker()).unwrap().client;
    assert_eq!(approve(&undone, "another").unwrap_err().code(), "four_eyes");
}

#[test]
fn lone_approver_stays_a_maker() {
    let alone = pending()
        .perform(Action::Approve, with_reason(), &Facts::without_controls(), &maker())
        .unwrap()
        .client;
    assert!(alone.snapshot().makers.touches_of(&maker().by.id).holds(Touch::ApprovedAlone));
    let blacklisted =
        alone.perform(Action::Blacklist, with_reason(), &four_eyes(), &checker()).unwrap().client;
    let lifted =
        blacklisted.perform(Action::UndoBlacklist, with_reason(), &four_eyes(), &checker()).unwrap().client;
    assert_eq!(approve(&lifted, "maker").unwrap_err().code(), "four_eyes");
}

#[test]
fn rejection_and_banks_without_four_eyes_need_one_person() {
    let facts = four_eyes();
    let requested = pending().request_approval(None, &stamp("requester", 2)).unwrap().client;
    // A rejection needs one person, and a bank may switch four eyes off.
    assert!(requested.perform(Action::Reject, with_reason(), &facts, &maker()).is_ok());
    assert!(requested.perform(Action::Approve, with_reason(), &Facts::without_controls(), &maker()).is_ok());
}

#[test]
fn bank_may_require_a_request_before_the_decision() {
    let facts = Facts { approval_needs_request: true, ..Facts::without_controls() };
    for action in [Action::Approve, Action::Reject] {
        let refusal = pending().perform(action, with_reason(), &facts, &checker()).unwrap_err();
        assert_eq!(refusal.blockers, [Blocker::ApprovalNotRequested]);
        let requested = pending().request_approval(None, &maker()).unwrap().client;
        assert!(requested.perform(action, with_reason(), &facts, &checker()).is_ok());
    }
}

#[test]
fn open_accounts_block_an_exit() {
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
fn missing_requirements_block_the_approval() {
    let facts = Facts { kyc: Some(crate::documents::requirements()), ..Facts::without_controls() };
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
    assert!(approve(&crate::documents::complete(pending())).is_ok());
    // A rejection needs no documents.
    assert!(pending().perform(Action::Reject, with_reason(), &facts, &checker()).is_ok());
}

#[test]
fn refusal_names_every_unmet_guard() {
    let facts = Facts { four_eyes: true, approval_needs_request: true, ..Facts::without_controls() };
    let refusal = pending().perform(Action::Approve, with_reason(), &facts, &maker()).unwrap_err();
    assert_eq!(refusal.blockers.len(), 2);
    assert_eq!(refusal.code(), "invalid_status");
}

#[test]
fn refusal_has_the_common_kind_of_its_blockers() {
    let kind = |blockers: &[Blocker]| {
        let operation = Operation::Activity(Activity::ReviewKyc);
        Refusal { operation, state: ClientState::Approved, blockers: blockers.to_vec() }.kind()
    };
    let reviewed = || Blocker::Reviewed { status: VerificationStatus::Approved };
    assert_eq!(kind(&[Blocker::OwnUpload]), RefusalKind::FourEyes);
    assert_eq!(kind(&[Blocker::OwnUpload, Blocker::ReasonMissing]), RefusalKind::InvalidStatus);
    assert_eq!(kind(&[Blocker::OwnUpload, Blocker::ContentChanged]), RefusalKind::ContentChanged);
    assert_eq!(kind(&[Blocker::ContentChanged, reviewed()]), RefusalKind::AlreadyReviewed);
    assert_eq!(kind(&[]), RefusalKind::InvalidStatus, "a refusal without blockers is not four eyes");
}

#[test]
fn explanation_agrees_with_the_decision() {
    let facts = Facts {
        four_eyes: true,
        approval_needs_request: true,
        withdrawn: true,
        returned_as: Some(ClientKey::from_bits(8)),
        exited_blacklisted: true,
        open_accounts: OpenAccounts::Count(1),
        kyc: Some(crate::documents::requirements()),
        two_persons: client_domain::client::TwoPersons::default(),
        decisions_need_version: false,
        unreviewed_look_alikes: vec![ClientKey::from_bits(9)],
        duplicates: BTreeMap::new(),
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
fn explanation_names_the_missing_permission() {
    let reader: Permissions = [Permission::Read].into_iter().collect();
    let entries = explain(&pending(), &checker().by, &reader, &Facts::without_controls());
    let blocked: Vec<_> = entries
        .iter()
        .filter(|entry| entry.blockers.contains(&Blocker::Permission(Permission::Approve)))
        .collect();
    assert_eq!(blocked.len(), 4, "approve, reject, undo it, and decide about amendments");
    assert!(entries.iter().any(|entry| entry.operation.name() == "view" && entry.is_allowed()));
}

#[test]
fn explanation_shows_activation_as_the_target_of_transacting() {
    for state in ClientState::ALL {
        let entries =
            explain(&in_state(state), &checker().by, &Permissions::all(), &Facts::without_controls());
        assert!(entries.iter().all(|entry| entry.operation != Operation::Action(Action::Activate)));
        let transact = entries.iter().find(|entry| entry.operation.name() == "transact").unwrap();
        let expected = (state == ClientState::Approved).then_some(ClientState::Active);
        assert_eq!(transact.to, expected, "{state:?}");
    }
}
