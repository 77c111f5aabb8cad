//! Codes of reasons: the catalogue, what an event and an amendment record of a choice, and final rejections.

use client_domain::client::{AmendmentDecision, Change, Correction, TwoPersons};
use client_domain::kyc::{
    DocumentDraft, DocumentId, DocumentKind, ReviewAction, ReviewJustification, VerificationStatus,
};
use client_domain::lifecycle::{Action, Facts, Initiator, TRANSITIONS};
use client_domain::reason::{
    CodedReason, InvalidReasons, ReasonCatalogue, ReasonEntry, ReasonedOperation, Rejection,
};
use client_domain::value::{Gender, IdentificationNumber, Notes, ReasonCode, ReasonText};
use client_domain::{Blocker, Client, Justification};

use crate::documents::document;
use crate::fixtures::{checker, in_state, maker, stamp, with_reason};

fn entry(code: &str) -> ReasonEntry {
    ReasonEntry {
        code: ReasonCode::parse(code).unwrap(),
        text: ReasonText::parse("As the bank means it").unwrap(),
        is_final: false,
        is_retired: false,
    }
}

fn coded(code: &str) -> CodedReason {
    entry(code).coded()
}

fn comment(text: &str) -> Notes {
    Notes::parse(text).unwrap()
}

fn rejection(is_final: bool) -> ReviewJustification {
    let rejection = Rejection { reason: coded("forged"), is_final };
    ReviewJustification { comment: Some(comment("As the expert says.")), rejection: Some(rejection) }
}

fn passport(n: u8, number: &str) -> DocumentDraft {
    let draft = document(n, DocumentKind::InternationalPassport, None, &maker());
    DocumentDraft { number: IdentificationNumber::parse(number).unwrap(), ..draft }
}

fn submitted(client: &Client, draft: &DocumentDraft) -> Client {
    client.submit_document(draft.clone(), &maker()).unwrap().client
}

fn review(client: &Client, id: &DocumentId, action: ReviewAction) -> Result<Change, Vec<Blocker>> {
    let justification = ReviewJustification { comment: Some(comment("Seen.")), rejection: None };
    client.review_document(id, action, justification, &checker()).map_err(|refusal| refusal.blockers)
}

fn rejected(client: &Client, draft: &DocumentDraft, is_final: bool) -> Change {
    client.review_document(&draft.id, ReviewAction::Reject, rejection(is_final), &checker()).unwrap()
}

#[test]
fn every_change_of_state_with_a_reason_can_have_codes() {
    for row in TRANSITIONS {
        let listed = ReasonedOperation::ALL.contains(&ReasonedOperation::Action(row.action));
        assert_eq!(listed, row.reason_needed && row.initiator == Initiator::Person, "{}", row.action.name());
    }
    let mut names = ReasonedOperation::NAMES.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ReasonedOperation::ALL.len());
}

#[test]
fn every_change_of_state_records_the_code_with_its_text() {
    for row in TRANSITIONS.iter().filter(|row| row.reason_needed) {
        let Some(from) = row.from else { continue };
        let justification = Justification { code: Some(coded("R1")), ..with_reason() };
        let facts = Facts::without_controls();
        let change = in_state(from).perform(row.action, justification, &facts, &stamp("officer", 9)).unwrap();
        assert_eq!(change.event.reason_code, Some(coded("R1")), "{}", row.action.name());
    }
}

#[test]
fn list_has_each_code_once_and_one_that_is_accepted() {
    let retired = |code| ReasonEntry { is_retired: true, ..entry(code) };
    let exit = ReasonedOperation::Action(Action::Exit);
    let with = |entries| ReasonCatalogue::default().with(exit, entries);
    assert_eq!(with(vec![entry("A"), retired("A")]), Err(InvalidReasons::Twice));
    assert_eq!(with(vec![]), Err(InvalidReasons::NoneAccepted));
    assert_eq!(with(vec![retired("A")]), Err(InvalidReasons::NoneAccepted));
    let last = ReasonEntry { is_final: true, ..entry("A") };
    for operation in ReasonedOperation::ALL {
        let catalogue = ReasonCatalogue::default().with(operation, vec![last.clone()]);
        assert_eq!(catalogue.is_ok(), operation == ReasonedOperation::RejectDocument, "{}", operation.name());
    }

    let catalogue = with(vec![retired("A"), entry("b"), entry("B")]).unwrap();
    let choose = |code: Option<&str>| {
        let code = code.map(|code| ReasonCode::parse(code).unwrap());
        catalogue.choose(exit, code.as_ref()).map(|chosen| chosen.cloned())
    };
    assert_eq!(choose(Some("B")), Ok(Some(entry("B"))));
    for wrong in [None, Some("A"), Some("C")] {
        let refused = choose(wrong).unwrap_err();
        assert_eq!(refused.accepted, [entry("b").code, entry("B").code]);
        assert_eq!(refused.is_missing, wrong.is_none());
        assert!(refused.to_string().ends_with("b, B"), "{refused}");
    }
    let other = catalogue.choose(ReasonedOperation::Correct, Some(&entry("B").code)).unwrap_err();
    assert!(other.accepted.is_empty() && other.to_string().contains("must be left out"));
}

#[test]
fn amendment_keeps_its_code_until_another_reason_replaces_it() {
    let facts = Facts { two_persons: TwoPersons::everywhere(), ..Facts::without_controls() };
    let correction = |gender| Correction { gender: Some(gender), ..Correction::default() };
    let client = in_state(client_domain::ClientState::Active);
    let because = |code| Justification { code: Some(coded(code)), ..with_reason() };
    let codes = |client: &Client| -> Vec<_> {
        client.snapshot().amendments.iter().map(|amendment| amendment.reason_code.clone()).collect()
    };
    let corrected = |client: &Client, to, justification: Justification| {
        client.correct(correction(to), justification, &facts, &maker()).unwrap().change().unwrap()
    };

    let proposed = corrected(&client, Gender::Other, because("typing"));
    assert_eq!(proposed.event.reason_code, Some(coded("typing")));
    assert_eq!(codes(&proposed.client), [Some(coded("typing"))]);
    let again = corrected(&proposed.client, Gender::Male, because("deed"));
    assert_eq!(codes(&again.client), [Some(coded("deed"))]);
    let plain = corrected(&proposed.client, Gender::Male, with_reason());
    assert_eq!(codes(&plain.client), [None], "a code belongs to its reason");

    let justification = Justification { code: Some(coded("no-deed")), ..Justification::default() };
    let id = proposed.client.snapshot().amendments[0].id.clone();
    let rejected =
        proposed.client.decide_amendment(&id, AmendmentDecision::Reject, justification, &checker());
    assert_eq!(rejected.unwrap().event.reason_code, Some(coded("no-deed")));

    let bare = client.correct(correction(Gender::Other), Justification::default(), &facts, &maker());
    assert_eq!(bare.unwrap_err().blockers, [Blocker::ReasonMissing]);
}

#[test]
fn document_that_was_rejected_for_good_is_not_submitted_again_however_it_is_spelled() {
    let client = in_state(client_domain::ClientState::PendingApproval);
    let draft = passport(1, "A0123 4567");
    let change = rejected(&submitted(&client, &draft), &draft, true);
    assert_eq!(change.event.reason_code, Some(coded("forged")));
    let client = change.client;
    assert!(client.kyc().documents[0].verification.is_rejected_finally());

    for spelling in ["A0123 4567", "a01234567", "A-0123-4567", "Ａ０１２３４５６７"] {
        let refusal = client.submit_document(passport(2, spelling), &maker()).unwrap_err();
        assert_eq!(refusal.blockers, [Blocker::RejectedFinally], "{spelling}");
        assert_eq!(refusal.code(), "rejected_finally");
    }
    assert!(client.submit_document(passport(2, "A01234568"), &maker()).is_ok());
    let other_type = DocumentDraft { kind: DocumentKind::NationalId, ..passport(2, "A01234567") };
    assert!(client.submit_document(other_type, &maker()).is_ok());
}

#[test]
fn better_copy_is_welcome_after_a_retryable_rejection() {
    for justification in
        [rejection(false), ReviewJustification { comment: Some(comment("Blurred.")), rejection: None }]
    {
        let draft = passport(1, "A01234567");
        let client = submitted(&in_state(client_domain::ClientState::PendingApproval), &draft);
        let client = client
            .review_document(&draft.id, ReviewAction::Reject, justification, &checker())
            .unwrap()
            .client;
        let client = submitted(&client, &passport(2, "A01234567"));
        assert!(review(&client, &passport(2, "A01234567").id, ReviewAction::Approve).is_ok());
    }
}

#[test]
fn copy_that_was_submitted_before_the_final_rejection_is_not_approved_after_it() {
    let (first, copy) = (passport(1, "A01234567"), passport(2, "a 0123 4567"));
    let client = submitted(&in_state(client_domain::ClientState::PendingApproval), &first);
    let client = rejected(&submitted(&client, &copy), &first, true).client;
    assert_eq!(review(&client, &copy.id, ReviewAction::Approve).unwrap_err(), [Blocker::RejectedFinally]);
    let client = review(&client, &copy.id, ReviewAction::Reject).unwrap().client;
    assert_eq!(client.kyc().documents[1].verification.status(), VerificationStatus::Rejected);
}

#[test]
fn approval_records_no_reason_of_a_rejection() {
    let draft = passport(1, "A01234567");
    let client = submitted(&in_state(client_domain::ClientState::PendingApproval), &draft);
    let change =
        client.review_document(&draft.id, ReviewAction::Approve, rejection(true), &checker()).unwrap();
    assert_eq!(change.event.reason_code, None);
    assert!(!change.client.kyc().documents[0].verification.is_rejected_finally());
}
