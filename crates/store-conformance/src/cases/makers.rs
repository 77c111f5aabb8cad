//! The people who have touched a client or a document are returned as they were written; an approval empties the
//! set.

use client_domain::client::{Change, DetailsPatch, Makers, Touch};
use client_domain::kyc::{ContentKey, DocumentId, ReviewAction, Uploaders};
use client_domain::lifecycle::Action;
use client_domain::value::PersonName;
use client_domain::{Actor, AuditStamp, Blocker, Client, Person};

use super::given::{commit, commit_path};
use super::observed::find;
use crate::fixtures::documents::{document, documents_of, reviewer, submitted};
use crate::fixtures::{checker, maker, moment, onboarded, performed, replacement};
use crate::harness::Harness;

fn updated_by(client: &Client, id: &str) -> Change {
    let first_name = PersonName::parse(&format!("Ada {}", client.version())).ok();
    let stamp = AuditStamp::new(Actor::parse(id).unwrap(), moment(100));
    let patch = DetailsPatch { first_name, ..DetailsPatch::default() };
    client
        .update(patch, &client_domain::lifecycle::Facts::without_controls(), &stamp)
        .unwrap()
        .change()
        .unwrap()
}

fn touched_much(n: i64) -> Vec<Change> {
    let mut path = vec![onboarded(n)];
    path.extend(documents_of(8, &path[0].client));
    for id in ["Ｗｉｄｅ", "wide", "Zoë", "zoe", "a\"b\\c", "李"] {
        path.push(updated_by(&path[path.len() - 1].client, id));
    }
    path.push(path[path.len() - 1].client.request_approval(None, &maker(200)).unwrap());
    path
}

/// Every person is returned with every kind of touch, in order, whatever characters the id is made of.
pub async fn makers_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let written = commit_path(&*fresh.store, &touched_much(1)).await;
    let found = find(&*fresh.store, &written).await.unwrap();
    let makers = &found.snapshot().makers;
    assert_eq!(makers, &written.snapshot().makers);
    let persons: Vec<_> = makers.people().iter().map(|maker| maker.person.as_str().to_owned()).collect();
    assert!(persons.ends_with(&["wide", "zoë", "zoe", "a\"b\\c", "李"].map(str::to_owned)), "{persons:?}");
    let own = makers.people().iter().find(|one| one.person == Person::of(&maker(1).by.id)).unwrap();
    assert!(own.touches.holds(Touch::Created) && own.touches.holds(Touch::Requested));
}

/// An approval by another actor empties the set, and later changes begin a new one.
pub async fn a_decision_leaves_no_makers(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut path = touched_much(1);
    for action in [Action::Approve, Action::Blacklist, Action::UndoBlacklist] {
        let by = AuditStamp { at: moment(300), ..checker(0) };
        path.push(performed(&path[path.len() - 1].client, action, &by));
    }
    let (approved, lifted) = (path.len() - 3, path.len() - 1);
    let written = commit_path(&*fresh.store, &path[..=approved]).await;
    let found = find(&*fresh.store, &written).await.unwrap();
    assert_eq!(found.snapshot().makers, written.snapshot().makers);
    for step in path[approved..=lifted].windows(2) {
        commit(&*fresh.store, replacement(&step[0].client, &step[1])).await;
    }
    let found = find(&*fresh.store, &path[lifted].client).await.unwrap();
    assert_eq!(found.snapshot().makers, path[lifted].client.snapshot().makers);
    assert!(found.snapshot().makers.touches_of(&checker(0).by.id).holds(Touch::BlacklistLifted));
    assert!(found.snapshot().makers.are_without(&maker(0).by.id));
}

/// A rejection and a lapse leave the set as it is, and the person who undoes one of them joins it.
pub async fn an_undone_rejection_keeps_its_makers(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut path = touched_much(1);
    let touched = path[path.len() - 1].client.snapshot().makers.clone();
    for (second, action) in
        (300..).zip([Action::Reject, Action::UndoReject, Action::Lapse, Action::UndoReject])
    {
        path.push(performed(&path[path.len() - 1].client, action, &checker(second)));
    }
    let rejected = path.len() - 4;
    let written = commit_path(&*fresh.store, &path[..=rejected]).await;
    assert_eq!(find(&*fresh.store, &written).await.unwrap().snapshot().makers, touched);
    for step in path[rejected..].windows(2) {
        commit(&*fresh.store, replacement(&step[0].client, &step[1])).await;
        assert_eq!(find(&*fresh.store, &written).await.as_ref(), Some(&step[1].client));
    }
    let found = find(&*fresh.store, &written).await.unwrap();
    assert!(found.snapshot().makers.touches_of(&checker(301).by.id).holds(Touch::Requested));
    assert!(!found.snapshot().makers.are_without(&maker(1).by.id), "the creator still does not approve it");
}

/// As many people as the set can hold are returned, and none beyond them.
pub async fn a_full_set_of_makers_comes_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let mut path = vec![onboarded(1)];
    for n in 0..Makers::MAX {
        path.push(updated_by(&path[n].client, &format!("editor {n}")));
    }
    let written = commit_path(&*fresh.store, &path).await;
    let found = find(&*fresh.store, &written).await.unwrap();
    assert_eq!(found.snapshot().makers, written.snapshot().makers);
    assert!(found.snapshot().makers.is_full());
}

/// The client after this person has uploaded another file for the document.
fn uploaded_by(client: &Client, id: &DocumentId, who: &str) -> Change {
    let by = AuditStamp::new(Actor::parse(who).unwrap(), moment(100));
    let mut content = client.kyc().document(id).unwrap().content.clone();
    content.key = ContentKey::from_bits(by.at, u128::from(client.version().get()));
    content.uploaded = by.clone();
    client.replace_content(id, content, &by).unwrap()
}

/// Every uploader of a file for a document is returned, also where another file has replaced it, and none of them
/// reviews what is returned; as many as the set can hold, and none beyond them.
pub async fn former_uploaders_come_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let id = document(1, None, &maker(1)).id;
    let mut path = vec![onboarded(1)];
    path.push(submitted(&path[0].client, 1, None));
    for who in ["Ｗｉｄｅ", "wide", "Zoë", "a\"b\\c", "{,}", "NULL", "李", "latest"] {
        path.push(uploaded_by(&path[path.len() - 1].client, &id, who));
    }
    let written = commit_path(&*fresh.store, &path).await;
    let found = find(&*fresh.store, &written).await.unwrap();
    assert_eq!(found, written);
    for who in ["maker-1", "WIDE", "zoë", "A\"b\\c", "{,}", "null", "李", "latest"] {
        let by = AuditStamp::new(Actor::parse(who).unwrap(), moment(200));
        let refusal = found.review_document(&id, ReviewAction::Approve, None, &by).unwrap_err();
        assert_eq!(
            (&refusal.blockers[..], refusal.code()),
            (&[Blocker::OwnUpload][..], "four_eyes"),
            "{who}"
        );
    }
    let review = found.review_document(&id, ReviewAction::Approve, None, &reviewer(200)).unwrap();
    commit(&*fresh.store, replacement(&found, &review)).await;
    assert_eq!(find(&*fresh.store, &found).await, Some(review.client));

    let mut path = vec![onboarded(2)];
    path.push(submitted(&path[0].client, 1, None));
    for n in 0..=Uploaders::MAX {
        path.push(uploaded_by(&path[path.len() - 1].client, &id, &format!("uploader {n}")));
    }
    let written = commit_path(&*harness.fresh().await.store, &path).await;
    assert!(written.kyc().document(&id).unwrap().uploaders.is_full());
}
