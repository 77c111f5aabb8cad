//! What an explanation says beyond the state and the guards: duplicates, and the things that an activity may be about.

use std::collections::BTreeMap;

use client_domain::client::{
    ActivityPart, ContactPoint, DetailsPatch, Explanation, PartExplanation, explain,
};
use client_domain::kyc::{DocumentDraft, DocumentKind, Kyc};
use client_domain::lifecycle::{Action, Activity, Facts, Operation};
use client_domain::value::{ClientKey, PhoneNumber};
use client_domain::{AuditStamp, Blocker, ClaimKind, Client, ClientState, Permission, Permissions};

use crate::documents::{document, home};
use crate::fixtures::{checker, in_state, maker, pending, stamp, with_reason};

fn entry(client: &Client, who: &AuditStamp, held: &Permissions, facts: &Facts, of: Operation) -> Explanation {
    let all = explain(client, &who.by, held, facts);
    all.into_iter().find(|entry| entry.operation == of).unwrap()
}

#[test]
fn an_application_whose_values_others_have_is_not_taken_up() {
    let holders = vec![ClientKey::from_bits(7)];
    let facts = Facts {
        duplicates: ClaimKind::ALL.map(|kind| (kind, holders.clone())).into(),
        ..Facts::without_controls()
    };
    for state in ClientState::ALL {
        for entry in explain(&in_state(state), &checker().by, &Permissions::all(), &facts) {
            let duplicates = entry.blockers.iter().filter(|one| matches!(one, Blocker::Duplicate { .. }));
            let takes_up =
                state == ClientState::Rejected && entry.operation == Operation::Action(Action::UndoReject);
            assert_eq!(duplicates.count(), if takes_up { 4 } else { 0 }, "{state:?} {:?}", entry.operation);
        }
    }
    let rejected = in_state(ClientState::Rejected);
    let undo = Operation::Action(Action::UndoReject);
    let explained = entry(&rejected, &checker(), &Permissions::all(), &facts, undo);
    let codes: Vec<_> = explained.blockers.iter().map(Blocker::code).collect();
    let expected = ["duplicate_identification", "duplicate_email", "duplicate_phone", "already_returned"];
    assert_eq!(codes, expected);
    let free = Facts { duplicates: BTreeMap::new(), ..facts };
    assert!(entry(&rejected, &checker(), &Permissions::all(), &free, undo).is_allowed());
    assert!(rejected.perform(Action::UndoReject, with_reason(), &free, &checker()).is_ok());
}

/// The client whose phone number this person has changed, and which another person has approved since.
fn approved_with_phone_of(who: &str) -> Client {
    let client = pending();
    let patch = DetailsPatch {
        phone: Some(PhoneNumber::parse("+2348099999999").unwrap()),
        ..DetailsPatch::default()
    };
    let facts = Facts::without_controls();
    let changed = client.update(patch, &facts, &stamp(who, 20)).unwrap().change().unwrap().client;
    changed.perform(Action::Approve, with_reason(), &facts, &stamp("approver", 30)).unwrap().client
}

#[test]
fn each_contact_point_is_explained_for_itself() {
    let (client, facts) = (approved_with_phone_of("clerk"), Facts::without_controls());
    let verify = Operation::Activity(Activity::VerifyContactPoint);
    let explained = entry(&client, &stamp("clerk", 40), &Permissions::all(), &facts, verify);
    assert!(explained.is_allowed(), "one of the two is possible");
    let [mobile, email] = explained.parts.as_slice() else { panic!("{:?}", explained.parts) };
    assert_eq!((mobile.part, email.part), (ActivityPart::Mobile, ActivityPart::Email));
    assert_eq!(mobile.blockers, [Blocker::OwnContactPoint { points: vec![ContactPoint::Mobile] }]);
    assert!(!mobile.is_allowed() && email.is_allowed());
}

#[test]
fn what_blocks_an_activity_blocks_each_of_its_parts() {
    let facts = Facts::without_controls();
    let reader: Permissions = [Permission::Read].into_iter().collect();
    for (activity, count) in
        [(Activity::VerifyContactPoint, 2), (Activity::ChangeKyc, 2), (Activity::View, 0)]
    {
        let of = Operation::Activity(activity);
        for state in ClientState::ALL {
            let explained = entry(&in_state(state), &stamp("clerk", 40), &reader, &facts, of);
            assert_eq!(explained.parts.len(), count, "{activity:?}");
            for part in &explained.parts {
                assert_eq!(part.blockers, explained.blockers, "{state:?} {activity:?}");
            }
        }
    }
    let own = entry(
        &pending(),
        &maker(),
        &Permissions::all(),
        &facts,
        Operation::Activity(Activity::VerifyContactPoint),
    );
    assert!(!own.is_allowed() && own.parts.iter().all(|part| !part.is_allowed()));
}

fn passport(n: u8) -> DocumentDraft {
    document(n, DocumentKind::InternationalPassport, None, &maker())
}

#[test]
fn documents_and_addresses_have_limits_of_their_own() {
    let (facts, change) = (Facts::without_controls(), Operation::Activity(Activity::ChangeKyc));
    let explained = |client: &Client| {
        let entry = entry(client, &maker(), &Permissions::all(), &facts, change);
        let allowed: Vec<_> = entry.parts.iter().map(PartExplanation::is_allowed).collect();
        (entry.is_allowed(), allowed)
    };
    let count = u8::try_from(Kyc::MAX_ITEMS).unwrap();
    let submit = |client: Client, n| client.submit_document(passport(n), &maker()).unwrap().client;
    let documents = (0..count).fold(pending(), submit);
    assert_eq!(explained(&documents), (true, vec![false, true]));
    let submit = |client: Client, n| client.submit_address(home(n), &maker()).unwrap().client;
    let addresses = (0..count).fold(pending(), submit);
    assert_eq!(explained(&addresses), (true, vec![true, false]));
    assert_eq!(explained(&pending()), (true, vec![true, true]));
}
