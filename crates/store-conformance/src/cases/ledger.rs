//! Which contents may be orphans: each is queued until a commit names it, and again when a commit replaces it.

use std::collections::BTreeSet;

use client_app::ports::{Changeset, Committed, InstallationId, OrphanCandidate, StoreError};
use client_domain::Client;
use client_domain::client::Change;
use client_domain::kyc::ContentKey;

use super::given::{commit, given_pending};
use super::observed::refused;
use crate::fixtures::documents::{document, documents_of, submitted};
use crate::fixtures::{
    applicant, creation, keyed, maker, moment, onboarded, outcome, renamed, replacement, request,
};
use crate::harness::{Fresh, Harness, race};

fn key(n: u64) -> ContentKey {
    ContentKey::from_bits(moment(n.cast_signed()), n.into())
}

async fn queue(fresh: &Fresh, key: &ContentKey, since: i64) {
    let candidate = OrphanCandidate { key: key.clone(), since: moment(since) };
    fresh.ledger.queue(&candidate).await.unwrap();
}

/// Everything that has been queued since before this second.
async fn queued(fresh: &Fresh, before: i64) -> Vec<ContentKey> {
    fresh.ledger.queued(moment(before), None, 1_000).await.unwrap()
}

async fn trashed(fresh: &Fresh, before: i64) -> Vec<ContentKey> {
    fresh.ledger.trashed(moment(before), None, 1_000).await.unwrap()
}

/// A client, and the changes that submit a document at second 5 and replace its file at second 6. The contents of both
/// are queued, as uploads do.
async fn upload(fresh: &Fresh) -> (Client, Change, Change) {
    let client = given_pending(&*fresh.store, applicant(1)).await;
    let (first, second) = (document(1, None, &maker(5)), document(2, None, &maker(6)));
    let submit = client.submit_document(first.clone(), &maker(5)).unwrap();
    let replace = submit.client.replace_content(&first.id, second.content, &maker(6)).unwrap();
    for change in [&submit, &replace] {
        queue(fresh, &content_of(change), 4).await;
    }
    (client, submit, replace)
}

fn content_of(change: &Change) -> ContentKey {
    change.client.kyc().documents[0].content.key.clone()
}

/// The commit that names a content removes it from the queue, and no other content.
pub async fn committed_content_leaves_the_queue(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (client, submit, replace) = upload(&fresh).await;
    assert_eq!(queued(&fresh, 9).await, [content_of(&submit), content_of(&replace)]);
    commit(&*fresh.store, replacement(&client, &submit)).await;
    assert_eq!(queued(&fresh, 9).await, [content_of(&replace)]);

    // A new client with documents, in one commit.
    let new = documents_of(4, &onboarded(2).client).pop().unwrap();
    let keys: Vec<_> = new.client.kyc().documents.iter().map(|one| one.content.key.clone()).collect();
    for key in &keys {
        queue(&fresh, key, 4).await;
    }
    let mut changeset = creation(&new);
    changeset.documents = new.client.kyc().documents.iter().map(|one| one.id.clone()).collect();
    commit(&*fresh.store, changeset).await;
    assert_eq!(queued(&fresh, 9).await, [content_of(&replace)]);
}

/// The commit that replaces a content queues it, since the moment of the commit.
pub async fn replaced_content_enters_the_queue(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (client, submit, replace) = upload(&fresh).await;
    commit(&*fresh.store, replacement(&client, &submit)).await;
    commit(&*fresh.store, replacement(&submit.client, &replace)).await;
    assert_eq!(queued(&fresh, 6).await, [], "it is queued since second 6, not since it was uploaded");
    assert_eq!(queued(&fresh, 7).await, [content_of(&submit)]);
    assert_eq!(trashed(&fresh, 9).await, []);
}

/// A commit that is refused changes no candidate, whatever it is refused for.
pub async fn refused_commit_leaves_the_queue_alone(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (client, submit, replace) = upload(&fresh).await;
    commit(&*fresh.store, keyed(replacement(&client, &submit), outcome(request(1), 1))).await;
    let before = queued(&fresh, 9).await;
    assert_eq!(before, [content_of(&replace)]);

    let reused = keyed(replacement(&submit.client, &replace), outcome(request(1), 2));
    assert_eq!(refused(&fresh, reused).await, Committed::KeyReused);
    assert_eq!(queued(&fresh, 9).await, before);

    commit(&*fresh.store, creation(&onboarded(2))).await;
    let mut duplicate = replacement(&submit.client, &replace);
    duplicate.take = onboarded(2).client.claims().into_iter().map(crate::fixtures::exclusive).collect();
    assert!(matches!(refused(&fresh, duplicate).await, Committed::ClaimTaken(_)));
    assert_eq!(queued(&fresh, 9).await, before);

    let renamed = renamed(&submit.client, "Ngozi");
    commit(&*fresh.store, replacement(&submit.client, &renamed)).await;
    assert_eq!(refused(&fresh, replacement(&submit.client, &replace)).await, Committed::Stale);
    assert_eq!(queued(&fresh, 9).await, before);
}

/// A commit that is replayed changes no candidate: the content of the repeated request stays queued, and so does the
/// content that the first request replaced.
pub async fn replayed_commit_leaves_the_queue_alone(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let (client, submit, replace) = upload(&fresh).await;
    commit(&*fresh.store, replacement(&client, &submit)).await;
    let stored = outcome(request(1), 1);
    commit(&*fresh.store, keyed(replacement(&submit.client, &replace), stored.clone())).await;
    let third = document(3, None, &maker(7));
    queue(&fresh, &third.content.key, 4).await;
    let before = queued(&fresh, 9).await;
    assert_eq!(before, [content_of(&submit), third.content.key.clone()]);

    let id = submit.client.kyc().documents[0].id.clone();
    let again = replace.client.replace_content(&id, third.content, &maker(7)).unwrap();
    let again = keyed(replacement(&replace.client, &again), stored.clone());
    assert_eq!(refused(&fresh, again).await, Committed::Replayed(Box::new(stored)));
    assert_eq!(queued(&fresh, 9).await, before);
}

/// A commit that changes a document and not its content queues nothing.
pub async fn kept_content_is_not_queued(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let client = given_pending(&*fresh.store, applicant(1)).await;
    let submit = submitted(&client, 1, None);
    commit(&*fresh.store, replacement(&client, &submit)).await;
    let approve = crate::fixtures::documents::approved_document(&submit.client, 1);
    commit(&*fresh.store, replacement(&submit.client, &approve)).await;
    assert_eq!(queued(&fresh, 1_000).await, []);
}

/// A content that is queued again stays queued since the first time.
pub async fn queued_content_keeps_its_first_moment(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    queue(&fresh, &key(1), 10).await;
    queue(&fresh, &key(1), 20).await;
    assert_eq!(queued(&fresh, 10).await, [], "before means before");
    assert_eq!(queued(&fresh, 11).await, [key(1)]);
}

/// Queued contents are listed in the order of their keys, after a given key and up to a limit, each once.
pub async fn queued_contents_come_in_order_and_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    for n in [5, 3, 9, 1, 7] {
        queue(&fresh, &key(n), 20 - n.cast_signed()).await;
    }
    assert_eq!(queued(&fresh, 100).await, [1, 3, 5, 7, 9].map(key));
    assert_eq!(queued(&fresh, 17).await, [5, 7, 9].map(key), "by key, whenever they were queued");
    let after = async |n| fresh.ledger.queued(moment(100), Some(&key(n)), 2).await.unwrap();
    assert_eq!(after(1).await, [3, 5].map(key));
    assert_eq!(after(4).await, [5, 7].map(key));
    assert_eq!(after(9).await, []);
}

/// A content in the trash is not queued; it is in the trash since it was first moved there, and only if it was queued.
pub async fn trashed_content_is_not_queued(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    for n in 1..=3 {
        queue(&fresh, &key(n), 1).await;
    }
    fresh.ledger.set_trashed(&[key(1), key(3), key(7)], moment(10)).await.unwrap();
    fresh.ledger.set_trashed(&[key(1)], moment(20)).await.unwrap();
    queue(&fresh, &key(1), 30).await;
    assert_eq!(queued(&fresh, 100).await, [key(2)]);
    assert_eq!(trashed(&fresh, 10).await, [], "before means before");
    assert_eq!(trashed(&fresh, 11).await, [key(1), key(3)]);
    let page = fresh.ledger.trashed(moment(11), Some(&key(1)), 1).await.unwrap();
    assert_eq!(page, [key(3)]);
}

/// A dequeued content is neither queued nor in the trash; one that was neither stays so.
pub async fn dequeued_content_is_no_candidate(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    for n in 1..=3 {
        queue(&fresh, &key(n), 1).await;
    }
    fresh.ledger.set_trashed(&[key(1)], moment(10)).await.unwrap();
    fresh.ledger.dequeue(&[key(1), key(2), key(8)]).await.unwrap();
    fresh.ledger.dequeue(&[]).await.unwrap();
    assert_eq!((queued(&fresh, 100).await, trashed(&fresh, 100).await), (vec![key(3)], vec![]));
}

/// Documents are counted, each once, however often they change.
pub async fn documents_are_counted(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    assert_eq!(fresh.ledger.documents().await.unwrap(), 0);
    let (client, submit, replace) = upload(&fresh).await;
    commit(&*fresh.store, replacement(&client, &submit)).await;
    commit(&*fresh.store, replacement(&submit.client, &replace)).await;
    assert_eq!(fresh.ledger.documents().await.unwrap(), 1);
    let second = submitted(&replace.client, 8, None);
    commit(&*fresh.store, replacement(&replace.client, &second)).await;
    assert_eq!(fresh.ledger.documents().await.unwrap(), 2);
    commit(&*fresh.store, Changeset::default()).await;
    assert_eq!(fresh.ledger.documents().await.unwrap(), 2);
}

/// The id of the installation is made once, by the first caller, and never changes.
pub async fn installation_is_made_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let racers = (1..=8_u128).map(|n| {
        let ledger = fresh.ledger.clone();
        async move { ledger.installation(&InstallationId::from_bits(n)).await }
    });
    let answers: Result<BTreeSet<_>, StoreError> = race(harness, racers).await.into_iter().collect();
    let answers = answers.unwrap();
    assert_eq!(answers.len(), 1);
    let again = fresh.ledger.installation(&InstallationId::from_bits(99)).await.unwrap();
    assert!(answers.contains(&again));
}
