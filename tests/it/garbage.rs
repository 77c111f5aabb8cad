//! Files that no document names: to the trash after the grace period, deleted after the time in the trash, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use adapter_inmem::{CountingKeys, Fault, MemoryStore};
use adapter_object_store::FolderContents;
use client_app::ports::{
    Clock as _, ContentLedger as _, ContentLocation as _, DocumentContents, InstallationId,
    KeyGenerator as _, OrphanCandidate, StoreError,
};
use client_app::{CheckName, CheckState, GarbageRound, GarbageRules, LocationRefusal, claim_location};
use client_domain::kyc::{ContentKey, KycPolicy};
use document_inspection::samples;
use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::bank::{Answer, Bank, NOW, Setup, With as _};
use crate::kyc_documents::fixtures::{Postgres, passport};

const DAY: Duration = Duration::from_hours(24);

/// As the service collects.
async fn collect(bank: &Bank) -> GarbageRound {
    collect_with(bank, SignedDuration::from_hours(24), SignedDuration::from_hours(30 * 24)).await
}

async fn collect_with(bank: &Bank, older_than: SignedDuration, trashed_for: SignedDuration) -> GarbageRound {
    let now = bank.clock.now();
    let rules =
        GarbageRules { orphaned_before: now - older_than, trashed_before: now - trashed_for, max_share: 5 };
    bank.clients.collect_garbage(&rules).await.unwrap()
}

fn round(trashed: u64, deleted: u64) -> GarbageRound {
    GarbageRound { trashed, deleted, ..GarbageRound::default() }
}

async fn with_document(bank: &Bank) -> String {
    let number = bank.pending().await;
    let pdf = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, samples::pdf());
    bank.submit(passport(&number).with(json!({ "docExtension": ".pdf", "base64Doc": pdf }))).await
}

/// What readiness says of files.
async fn contents_check(bank: &Bank) -> CheckState {
    let readiness = bank.clients.ready().await;
    let check = readiness.checks().iter().find(|check| check.name == CheckName::Contents);
    check.unwrap().state.clone()
}

/// Whether the location has the content, in the trash or not.
async fn has(contents: &dyn DocumentContents, key: &ContentKey) -> bool {
    contents.open(key).await.unwrap().is_some()
}

async fn replaced_files_are_collected(bank: &Bank, contents: &dyn DocumentContents) {
    let id = with_document(bank).await;
    let first = contents.keys(None, 9).await.unwrap().remove(0);
    bank.clock.advance(Duration::from_secs(1));
    Answer::of(bank.put(&id, samples::pdf_of(500))).await.data();
    // Sent again with a key, and refused: both leave a file that no document names.
    for (size, status) in [(600, 200), (600, 200), (601, 409)] {
        bank.clock.advance(Duration::from_secs(1));
        let answer = Answer::of(bank.put(&id, samples::pdf_of(size)).header("Idempotency-Key", "k")).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    assert_eq!(contents.keys(None, 9).await.unwrap().len(), 5);
    assert_eq!(collect(bank).await, round(0, 0), "the grace period");

    bank.clock.advance(DAY + Duration::from_secs(1));
    assert_eq!(collect(bank).await, round(4, 0));
    assert_eq!(collect(bank).await, round(0, 0));
    assert!(has(contents, &first).await, "it is in the trash");
    bank.clock.advance(29 * DAY);
    assert_eq!(collect(bank).await, round(0, 0), "the time in the trash");
    bank.clock.advance(2 * DAY);
    assert_eq!(collect(bank).await, round(0, 4));
    assert!(!has(contents, &first).await);
    assert_eq!(contents.keys(None, 9).await.unwrap().len(), 1);
    bank.clock.set(NOW.parse().unwrap());
    assert_eq!(bank.get(&id).await.bytes().await.unwrap(), samples::pdf_of(600));
}

#[tokio::test]
async fn replaced_and_refused_files_are_collected_in_memory() {
    let bank = Bank::open().await;
    replaced_files_are_collected(&bank, &bank.contents).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_and_refused_files_are_collected_on_postgresql() {
    let postgres = Postgres::start().await;
    let bank = postgres.bank(KycPolicy::default()).await;
    replaced_files_are_collected(&bank, &postgres.store).await;
}

/// A content that a document names is dequeued, or moved back from the trash, whatever the queue says.
#[tokio::test]
async fn named_content_is_never_collected() {
    let bank = Bank::open().await;
    let id = with_document(&bank).await;
    let key = bank.contents.keys(None, 9).await.unwrap().remove(0);
    let candidate = OrphanCandidate { key: key.clone(), since: NOW.parse().unwrap() };
    bank.store.queue(&candidate).await.unwrap();
    bank.clock.advance(2 * DAY);
    assert_eq!(collect(&bank).await, round(0, 0));
    assert_eq!(bank.store.queued(Timestamp::MAX, None, 9).await.unwrap(), []);

    bank.store.queue(&candidate).await.unwrap();
    bank.store.set_trashed(std::slice::from_ref(&key), NOW.parse().unwrap()).await.unwrap();
    assert!(bank.contents.trash(&key).await.unwrap());
    bank.clock.set(NOW.parse().unwrap());
    assert_eq!(bank.get(&id).await.bytes().await.unwrap(), samples::pdf(), "the trash is read");
    bank.clock.advance(40 * DAY);
    assert_eq!(collect(&bank).await, GarbageRound { restored: 1, ..round(0, 0) });
    assert_eq!(bank.contents.in_trash(), []);
    bank.clock.set(NOW.parse().unwrap());
    assert_eq!(bank.get(&id).await.bytes().await.unwrap(), samples::pdf());
}

/// An upload whose service is killed before the commit, or whose storage location fails in the middle, is collected.
#[tokio::test]
async fn upload_that_never_committed_is_collected() {
    let bank = Bank::open().await;
    let id = with_document(&bank).await;
    bank.store.faults().next_commit(Fault::Unavailable);
    assert_eq!(Answer::of(bank.put(&id, samples::pdf_of(700))).await.codes(), ["store_unavailable"]);
    bank.contents.faults().next_contents(Fault::TimedOutAfter);
    assert_eq!(Answer::of(bank.put(&id, samples::pdf_of(800))).await.status, 503);
    assert_eq!(bank.contents.keys(None, 9).await.unwrap().len(), 3);
    bank.clock.advance(2 * DAY);
    assert_eq!(collect(&bank).await, round(2, 0));
    // Nothing is stored that was not queued before.
    bank.clock.set(NOW.parse().unwrap());
    bank.store.faults().ledger(Fault::Unavailable);
    assert_eq!(Answer::of(bank.put(&id, samples::pdf_of(900))).await.status, 503);
    assert_eq!(bank.contents.keys(None, 9).await.unwrap().len(), 1);
}

/// Of 3,000 contents one round may collect 5 %; a round that would collect more collects nothing, and deletes nothing
/// from the trash.
#[tokio::test]
async fn round_above_the_limit_removes_nothing() {
    let bank = Bank::open().await;
    let keys = CountingKeys::seeded(9);
    let orphan = async |count: usize| {
        for _ in 0..count {
            let key = keys.content_key(bank.clock.now());
            let candidate = OrphanCandidate { key: key.clone(), since: bank.clock.now() };
            bank.store.queue(&candidate).await.unwrap();
            bank.contents.put(&key, stream::iter([Ok("x".into())]).boxed()).await.unwrap();
        }
    };
    orphan(100).await;
    bank.clock.advance(2 * DAY);
    assert_eq!(collect(&bank).await, round(100, 0), "a small place may take so many whatever their share");
    orphan(101).await;
    bank.clock.advance(40 * DAY);
    let stopped = collect(&bank).await;
    assert_eq!((stopped.trashed, stopped.deleted), (0, 0), "the trash waits too");
    let why = stopped.stopped.unwrap();
    assert_eq!((why.orphans, why.contents), (101, 101));
    assert_eq!(bank.contents.in_trash().len(), 100);
    assert!(matches!(contents_check(&bank).await, CheckState::Warning(why) if why.contains("101 of 101")));
    let rules = GarbageRules {
        orphaned_before: bank.clock.now(),
        trashed_before: bank.clock.now() - SignedDuration::from_hours(720),
        max_share: 100,
    };
    assert_eq!(bank.clients.collect_garbage(&rules).await.unwrap(), round(101, 100), "unless it is allowed");
    assert_eq!(contents_check(&bank).await, CheckState::Ok);
}

/// Files of a release that had no queue are found by listing the location once.
#[tokio::test]
async fn untracked_files_are_found_by_listing_the_location() {
    let bank = Bank::open().await;
    let id = with_document(&bank).await;
    let old = ContentKey::from_bits(bank.clock.now(), 77);
    bank.contents.put(&old, stream::iter([Ok("x".into())]).boxed()).await.unwrap();
    bank.clock.advance(2 * DAY);
    let young = ContentKey::from_bits(bank.clock.now(), 78);
    bank.contents.put(&young, stream::iter([Ok("x".into())]).boxed()).await.unwrap();
    assert_eq!(collect(&bank).await, round(0, 0), "untracked files are not collected");
    let day_ago = bank.clock.now() - SignedDuration::from_hours(24);
    assert_eq!(bank.clients.queue_untracked_contents(day_ago).await.unwrap(), 1);
    bank.clock.advance(Duration::from_secs(1));
    assert_eq!(collect(&bank).await, round(1, 0));
    assert_eq!(bank.contents.in_trash(), [old]);
    bank.clock.set(NOW.parse().unwrap());
    assert_eq!(bank.get(&id).await.status(), 200);
}

/// While the location is unavailable a round fails, and its queue keeps every entry.
#[tokio::test]
async fn round_without_its_location_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (here, away) = (folder.path().join("documents"), folder.path().join("away"));
    std::fs::create_dir(&here).unwrap();
    let contents = FolderContents::open(&here).unwrap();
    contents.claim(&InstallationId::from_bits(1)).await.unwrap();
    let store = Arc::new(MemoryStore::new());
    let storage = crate::bank::Storage {
        store: store.clone(),
        contents: Arc::new(contents.clone()),
        ledger: store.clone(),
    };
    let bank = Bank::with(Setup { storage: Some(storage), ..Setup::default() }).await;
    let id = with_document(&bank).await;
    Answer::of(bank.put(&id, samples::pdf_of(500))).await.data();
    bank.clock.advance(2 * DAY);
    std::fs::rename(&here, &away).unwrap();
    let now = bank.clock.now();
    let rules = GarbageRules { orphaned_before: now, trashed_before: now, max_share: 5 };
    let failed = bank.clients.collect_garbage(&rules).await;
    assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");
    assert_eq!(bank.http().get(bank.url("/readyz")).send().await.unwrap().status(), 503);
    bank.clock.set(NOW.parse().unwrap());
    let refused = Answer::of(bank.put(&id, samples::pdf_of(501))).await;
    assert_eq!((refused.status, refused.codes()), (503, vec!["store_unavailable".to_owned()]));
    assert_eq!(bank.get(&id).await.status(), 503, "it is away, and not lost");
    assert!(!here.exists());

    std::fs::rename(&away, &here).unwrap();
    assert_eq!(bank.get(&id).await.bytes().await.unwrap(), samples::pdf_of(500));
    bank.clock.advance(2 * DAY);
    assert_eq!(collect(&bank).await, round(1, 0));
}

#[tokio::test]
async fn location_of_another_installation_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (production, staging) = (MemoryStore::new(), MemoryStore::new());
    let claim = async |store: &MemoryStore, fresh: u128| {
        let place = FolderContents::open(folder.path()).unwrap();
        claim_location(store, store, &place, &InstallationId::from_bits(fresh)).await
    };
    claim(&production, 1).await.unwrap();
    claim(&production, 2).await.unwrap();
    let refused = claim(&staging, 3).await;
    assert!(matches!(refused, Err(LocationRefusal::AnotherInstallation)), "{refused:?}");
    claim(&production, 4).await.unwrap();
}

/// A location without a marker that has contents belongs to the installation that knows more than half of them.
#[tokio::test]
async fn unmarked_location_is_claimed_by_the_installation_that_knows_its_contents() {
    let folder = tempfile::tempdir().unwrap();
    let contents = FolderContents::open(folder.path()).unwrap();
    contents.claim(&InstallationId::from_bits(9)).await.unwrap();
    let key = |n: u128| ContentKey::from_bits(NOW.parse().unwrap(), n);
    for n in 1..=3 {
        contents.put(&key(n), stream::iter([Ok("x".into())]).boxed()).await.unwrap();
    }
    std::fs::remove_file(folder.path().join("installation")).unwrap();
    let store = MemoryStore::new();
    let claim = async || {
        let place = FolderContents::open(folder.path()).unwrap();
        claim_location(&store, &store, &place, &InstallationId::from_bits(1)).await
    };
    for n in 1..=2 {
        let refused = claim().await;
        assert!(matches!(refused, Err(LocationRefusal::Unknown { seen: 3, .. })), "{refused:?}");
        assert!(!folder.path().join("installation").exists(), "what is refused is not marked");
        let candidate = OrphanCandidate { key: key(n), since: NOW.parse().unwrap() };
        store.queue(&candidate).await.unwrap();
    }
    claim().await.unwrap();
    assert!(folder.path().join("installation").exists());
}
