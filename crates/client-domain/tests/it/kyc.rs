//! Documents and addresses: submission, review and expiry.

use std::collections::{BTreeMap, BTreeSet};

use client_domain::client::Change;
use client_domain::kyc::{
    DocumentKind, Evidence, Kyc, KycPolicy, KycStatus, KycStatusRule, Notice, Requirement, RequirementStatus,
    ReviewAction, Uploaders, VerificationStatus,
};
use client_domain::search::{Filter, KycCondition, KycTest, field};
use client_domain::value::{CustomerType, Notes};
use client_domain::{AuditStamp, Blocker, Client, ClientField, ClientState, Decision, EventKind};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::select;

use crate::documents::{self, TODAY, document, home};
use crate::fixtures::{checker, in_state, maker, pending, stamp};

fn submitted(expires_on: Option<Date>) -> (Client, client_domain::kyc::DocumentId) {
    let draft = document(1, DocumentKind::InternationalPassport, expires_on, &maker());
    (pending().submit_document(draft.clone(), &maker()).unwrap().client, draft.id)
}

#[test]
fn submitter_and_uploader_do_not_review_the_document() {
    let (client, id) = submitted(None);
    let other = stamp("third", 3);
    let content = document(9, DocumentKind::Other, None, &other).content;
    let replaced = client.replace_content(&id, content, &other).unwrap();
    assert_eq!(replaced.event.kind, EventKind::DocumentReplaced);
    for action in [ReviewAction::Approve, ReviewAction::Reject] {
        for who in [maker(), other.clone()] {
            let comment = Some(Notes::parse("fine").unwrap());
            let refusal = replaced.client.review_document(&id, action, comment, &who).unwrap_err();
            assert_eq!(
                (refusal.blockers.as_slice(), refusal.code()),
                (&[Blocker::OwnUpload][..], "four_eyes")
            );
        }
    }
    let change = replaced.client.review_document(&id, ReviewAction::Approve, None, &checker()).unwrap();
    assert_eq!(change.event.kind, EventKind::DocumentApproved);
    assert_eq!(change.event.changed, [ClientField::IdentityDocuments]);
    assert_eq!(change.event.kyc.unwrap().document(), Some(&id));
    assert_eq!(change.client.version(), client.version().next().next());
}

#[test]
fn former_uploader_does_not_review_the_document() {
    let (client, id) = submitted(None);
    let replaced = |client: &Client, n: u8, by: &AuditStamp| {
        let content = document(n, DocumentKind::Other, None, by).content;
        client.replace_content(&id, content, by).unwrap().client
    };
    let (former, latest) = (stamp("former", 3), stamp("latest", 4));
    let client = replaced(&replaced(&client, 8, &former), 9, &latest);
    for who in [&maker(), &former, &latest, &stamp("Former", 5)] {
        for action in [ReviewAction::Approve, ReviewAction::Reject] {
            let comment = Some(Notes::parse("fine").unwrap());
            let refusal = client.review_document(&id, action, comment, who).unwrap_err();
            assert_eq!(
                (refusal.blockers.as_slice(), refusal.code()),
                (&[Blocker::OwnUpload][..], "four_eyes")
            );
        }
    }
    assert!(client.review_document(&id, ReviewAction::Approve, None, &checker()).is_ok());
}

#[test]
fn document_with_too_many_uploaders_can_only_be_rejected() {
    let (mut client, id) = submitted(None);
    for n in 1..=u8::try_from(Uploaders::MAX).unwrap() {
        let review = client.review_document(&id, ReviewAction::Approve, None, &checker());
        assert_eq!(review.is_ok(), usize::from(n) < Uploaders::MAX, "{n}");
        let by = stamp(&format!("uploader-{n}"), n.into());
        let content = document(n, DocumentKind::Other, None, &by).content;
        client = client.replace_content(&id, content, &by).unwrap().client;
    }
    // The last one came after the set was full, and counts as the latest uploader.
    let latest = stamp(&format!("uploader-{}", Uploaders::MAX), 59);
    let own = client.review_document(&id, ReviewAction::Approve, None, &latest).unwrap_err();
    assert_eq!(own.blockers, [Blocker::OwnUpload]);
    let refusal = client.review_document(&id, ReviewAction::Approve, None, &checker()).unwrap_err();
    assert_eq!(
        (refusal.blockers.as_slice(), refusal.code()),
        (&[Blocker::TooManyUploaders][..], "four_eyes")
    );
    let why = Some(Notes::parse("Please submit it again.").unwrap());
    assert!(client.review_document(&id, ReviewAction::Reject, why, &checker()).is_ok());
}

#[test]
fn document_is_reviewed_once_and_rejection_needs_a_comment() {
    let (client, id) = submitted(None);
    let bare = client.review_document(&id, ReviewAction::Reject, None, &checker()).unwrap_err();
    assert_eq!(bare.blockers, [Blocker::ReasonMissing]);
    let why = Notes::parse("The picture is blurred.").unwrap();
    let change = client.review_document(&id, ReviewAction::Reject, Some(why.clone()), &checker()).unwrap();
    assert_eq!(change.event.notes, Some(why));
    for action in [ReviewAction::Approve, ReviewAction::Reject] {
        let again = change.client.review_document(&id, action, Some(Notes::parse("x").unwrap()), &checker());
        let refusal = again.unwrap_err();
        assert_eq!(refusal.blockers, [Blocker::Reviewed { status: VerificationStatus::Rejected }]);
        assert_eq!(refusal.code(), "already_reviewed");
    }
    let content = document(9, DocumentKind::Other, None, &maker()).content;
    assert_eq!(
        change.client.replace_content(&id, content, &maker()).unwrap_err().code(),
        "already_reviewed",
        "a reviewed document keeps its file"
    );
    let second = document(2, DocumentKind::InternationalPassport, None, &maker());
    assert!(change.client.submit_document(second, &maker()).is_ok(), "a new document may be submitted");
}

#[test]
fn expired_document_is_not_approved_and_does_not_count() {
    for (last, good) in [(date(2026, 1, 4), false), (TODAY, true), (date(2026, 1, 6), true)] {
        let (client, id) = submitted(Some(last));
        let outcome = client.review_document(&id, ReviewAction::Approve, None, &checker());
        assert_eq!(outcome.is_ok(), good, "{last}");
        if let Err(refusal) = outcome {
            assert_eq!(refusal.code(), "document_expired");
        }
    }
    let (client, id) = submitted(Some(TODAY));
    let client = client.review_document(&id, ReviewAction::Approve, None, &checker()).unwrap().client;
    let passport = Requirement::any_of([Evidence::Document(DocumentKind::InternationalPassport)]).unwrap();
    assert_eq!(client.requirement_status(&passport, TODAY), RequirementStatus::Verified);
    assert_eq!(client.requirement_status(&passport, date(2026, 1, 6)), RequirementStatus::Expired);
}

#[test]
fn expiry_is_noted_once_before_and_once_after_the_last_day() {
    let (client, _) = submitted(Some(date(2026, 2, 4)));
    let at = |client: &Client, today| client.note_expiry(today, 30, &stamp("clock", 9)).change();
    assert_eq!(at(&client, date(2026, 1, 4)), None, "31 days before");
    let expiring = at(&client, TODAY).unwrap();
    assert_eq!(expiring.event.kind, EventKind::DocumentExpiring);
    assert_eq!(at(&expiring.client, date(2026, 2, 4)), None);
    let expired = at(&expiring.client, date(2026, 2, 5)).unwrap();
    assert_eq!(expired.event.kind, EventKind::DocumentExpired);
    assert_eq!(at(&expired.client, date(2030, 1, 1)), None);

    let late = at(&client, date(2026, 3, 1)).unwrap();
    assert_eq!(
        late.event.kind,
        EventKind::DocumentExpired,
        "an expired document gets no warning of its expiry"
    );
    assert_eq!(at(&late.client, date(2026, 3, 1)), None);
}

#[test]
fn early_notice_is_withdrawn_and_given_again() {
    let last = date(2027, 6, 1);
    let (client, _) = submitted(Some(last));
    let at = |client: &Client, today| client.note_expiry(today, 30, &stamp("clock", 9)).change();
    let kind = |change: &Change| change.event.kind;
    // A clock that was 400 days ahead of 2026-06-01, and one that was 360 days ahead.
    for (wrong, noticed) in
        [(date(2027, 7, 6), EventKind::DocumentExpired), (date(2027, 5, 27), EventKind::DocumentExpiring)]
    {
        let early = at(&client, wrong).unwrap();
        assert_eq!(kind(&early), noticed);
        let withdrawn = at(&early.client, date(2026, 6, 1)).unwrap();
        assert_eq!(kind(&withdrawn), EventKind::DocumentNoticeWithdrawn);
        assert_eq!(withdrawn.event.kyc, early.event.kyc);
        assert_eq!(at(&withdrawn.client, date(2026, 6, 1)), None, "once");
        assert_eq!(at(&withdrawn.client, date(2027, 5, 1)), None, "31 days before");
        let expiring = at(&withdrawn.client, date(2027, 5, 2)).unwrap();
        assert_eq!(kind(&expiring), EventKind::DocumentExpiring);
        assert_eq!(kind(&at(&expiring.client, date(2027, 6, 2)).unwrap()), EventKind::DocumentExpired);
    }
    // Within the notice period, the correct notice follows the withdrawal.
    let early = at(&client, date(2027, 7, 6)).unwrap();
    let withdrawn = at(&early.client, date(2027, 5, 31)).unwrap();
    assert_eq!(kind(&withdrawn), EventKind::DocumentNoticeWithdrawn);
    assert_eq!(kind(&at(&withdrawn.client, date(2027, 5, 31)).unwrap()), EventKind::DocumentExpiring);
}

#[test]
fn notice_that_is_correct_tomorrow_stays() {
    let last = date(2026, 6, 30);
    let (client, _) = submitted(Some(last));
    let at = |client: &Client, today, days| client.note_expiry(today, days, &stamp("clock", 9)).change();
    let expired = at(&client, date(2026, 7, 1), 30).unwrap().client;
    assert_eq!(at(&expired, last, 30), None);
    let expiring = at(&client, date(2026, 5, 31), 30).unwrap().client;
    assert_eq!(at(&expiring, date(2026, 5, 30), 30), None);
    assert!(at(&expiring, date(2026, 5, 29), 30).is_some());
    // A changed notice period has the same effect as a changed date.
    assert_eq!(at(&expiring, date(2026, 5, 31), 29), None);
    assert!(at(&expiring, date(2026, 5, 31), 28).is_some());
}

#[test]
fn rejected_documents_and_final_clients_get_no_notice() {
    let (client, id) = submitted(Some(TODAY));
    let no = Some(Notes::parse("forged").unwrap());
    let rejected = client.review_document(&id, ReviewAction::Reject, no, &checker()).unwrap().client;
    assert_eq!(rejected.note_expiry(TODAY, 30, &maker()), Decision::Unchanged);
    for state in ClientState::ALL {
        let draft = document(1, DocumentKind::UtilityBill, Some(TODAY), &maker());
        let client = documents::with_document(&in_state(state), &draft);
        let is_noted = client.note_expiry(TODAY, 30, &maker()) != Decision::Unchanged;
        assert_eq!(is_noted, !state.has_ended(), "{state:?}");
    }
}

#[test]
fn submissions_beyond_the_limit_are_refused() {
    let mut client = pending();
    for n in 0..u8::try_from(Kyc::MAX_ITEMS).unwrap() {
        let draft = document(n, DocumentKind::Other, None, &maker());
        client = client.submit_document(draft, &maker()).unwrap().client;
        client = client.submit_address(home(n), &maker()).unwrap().client;
    }
    let more = document(200, DocumentKind::Other, None, &maker());
    let refusal = client.submit_document(more, &maker()).unwrap_err();
    assert_eq!(
        (refusal.blockers.as_slice(), refusal.code()),
        (&[Blocker::TooMany { max: 100 }][..], "too_many")
    );
    assert!(client.submit_address(home(200), &maker()).is_err());
    assert_eq!(Client::restore(client.snapshot().clone()), Ok(client));
}

#[test]
fn unknown_document_or_address_is_not_reviewed() {
    let unknown = document(7, DocumentKind::Other, None, &maker());
    let refusal =
        pending().review_document(&unknown.id, ReviewAction::Approve, None, &checker()).unwrap_err();
    assert_eq!(refusal.blockers, [Blocker::NotSubmitted]);
    let refusal = pending().review_address(&home(7).id, ReviewAction::Approve, None, &checker()).unwrap_err();
    assert_eq!(refusal.blockers, [Blocker::NotSubmitted]);
    assert!(pending().replace_content(&unknown.id, unknown.content, &maker()).is_err());
}

#[test]
fn snapshot_with_a_duplicate_id_is_rejected() {
    let (client, _) = submitted(None);
    let mut snapshot = client.snapshot().clone();
    snapshot.kyc.documents.push(snapshot.kyc.documents[0].clone());
    assert_eq!(Client::restore(snapshot), Err(client_domain::client::Inconsistent::Kyc));
}

#[test]
fn notices_round_trip_through_numbers() {
    for notice in Notice::ALL {
        assert_eq!(Notice::from_number(notice.number().into()), Some(notice));
    }
}

fn requirement() -> impl Strategy<Value = Requirement> {
    let evidence: Vec<_> = Evidence::all().collect();
    prop::collection::btree_set(select(evidence), 1..4).prop_map(|set| Requirement::any_of(set).unwrap())
}

fn policy() -> impl Strategy<Value = KycPolicy> {
    let list = || prop::collection::vec(requirement(), 0..4);
    (list(), list(), any::<bool>()).prop_map(|(one, other, same)| {
        let corporate = if same { one.clone() } else { other };
        let required =
            BTreeMap::from([(CustomerType::Individual, one), (CustomerType::Corporate, corporate)]);
        KycPolicy { required, ..KycPolicy::default() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn status_and_status_condition_agree(
        client in documents::client(),
        policy in policy(),
        today in select(vec![TODAY, date(2026, 1, 6), date(2026, 3, 1), date(2031, 1, 1)]),
        wanted in prop::collection::btree_set(select(&KycStatus::ALL[..]), 0..4),
    ) {
        let required = policy.required_of(client.snapshot().customer_type);
        let status = client.kyc_status(required, today);
        let rule = KycStatusRule::of(&policy);
        let test = KycTest::of_status(&wanted, &rule);
        prop_assert_eq!(test.holds(&client, today), wanted.contains(&status), "{:?} {:?}", status, wanted);
        let all: BTreeSet<_> = KycStatus::ALL.into();
        prop_assert!(KycTest::of_status(&all, &rule).holds(&client, today));

        let condition = KycCondition { statuses: wanted.clone(), rule };
        prop_assert_eq!(condition.holds(&client, today), wanted.contains(&status));
        prop_assert_eq!(condition.opposite().holds(&client, today), !wanted.contains(&status));

        let names: Vec<_> = wanted.iter().map(|status| status.name()).collect();
        if !names.is_empty() {
            let checked = |filter: Filter| filter.check().unwrap().with_kyc_policy(&policy);
            let is_in = checked(field::KYC_STATUS.is_in(names.clone()));
            prop_assert_eq!(is_in.evaluate(&client, today), wanted.contains(&status));
            let is_not = checked(field::KYC_STATUS.is_not_in(names));
            prop_assert_eq!(is_not.evaluate(&client, today), !wanted.contains(&status));
        }
        prop_assert!(!checked_empty(&policy).evaluate(&client, today));
    }

    #[test]
    fn nothing_is_missing_exactly_if_the_status_is_verified(
        client in documents::client(),
        required in prop::collection::vec(requirement(), 1..4),
    ) {
        let missing = client.missing_requirements(&required, TODAY);
        let verified = client.kyc_status(&required, TODAY) == KycStatus::Verified;
        prop_assert_eq!(missing.is_empty(), verified);
        prop_assert!(missing.iter().all(|one| one.status != RequirementStatus::Verified));
    }
}

fn checked_empty(policy: &KycPolicy) -> client_domain::search::Predicate {
    field::KYC_STATUS.is_empty().check().unwrap().with_kyc_policy(policy)
}
