//! `copy` into PostgreSQL: every port answers there as it does on the data folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use adapter_object_store::FolderContents;
use adapter_postgres::PostgresStore;
use adapter_sqlite::SqliteStore;
use client_app::batch::{Batch, BatchState, BatchWork};
use client_app::ports::{
    Announcement, BatchPage, Batches, ClientRef, ClientStore, Committed, ContentLedger, ContentLocation as _,
    DeliveryFailure, DocumentContents, DueDocuments, EventFilter, HistoryPage, InstallationId,
    OrphanCandidate, Outbox, Page, PieceRequest, ReceiverName, Search, StoreError, Totals, Verdict,
};
use client_domain::kyc::ContentKey;
use client_domain::value::ClientKey;
use client_domain::{Client, EventKind};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use sha2::{Digest as _, Sha256};
use store_conformance::fixtures::batches::{batch, piece, settled};
use store_conformance::fixtures::{
    creation, keyed, moment, onboarded, outcome, renamed, replacement, request,
};
use throwaway_postgres::Cluster;

use crate::backups::{done, refused};
use crate::population::{DAYS, application, created, kyc_items, policy, settle};
use crate::predicates::{order, plan};

const CLIENTS: i64 = 120;
const SEARCHES: usize = 600;
const PHOTO: &[u8] = b"the bytes of a document";

/// A PostgreSQL with the schema, and how the program is told of it.
pub struct Target {
    pub url: String,
    _cluster: Cluster,
}

impl Target {
    pub fn with_schema() -> Self {
        let cluster = Cluster::own(&["-c", "fsync=off"]);
        let target = Self { url: cluster.url("postgres"), _cluster: cluster };
        done(&target.place("migrate"), &["was brought from 0"]);
        target
    }

    /// A command on the database.
    pub fn place<'a>(&'a self, command: &'a str) -> [&'a str; 5] {
        [command, "--database-url", &self.url, "--accept-data-loss", "on"]
    }

    /// The copy of a data folder into it.
    pub fn copy<'a>(&'a self, from: &'a Path) -> [&'a str; 7] {
        ["copy", "--from", from.to_str().unwrap(), "--to", &self.url, "--accept-data-loss", "on"]
    }

    async fn store(&self) -> PostgresStore {
        let mut settings = adapter_postgres::Settings::parse(&self.url).unwrap();
        settings.accept_data_loss = true;
        PostgresStore::open(&settings).await.unwrap()
    }
}

pub fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

pub async fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(&adapter_sqlite::Settings::at(folder.join("clients.db"))).await.unwrap()
}

/// Fills a new data folder: generated clients with documents, outcomes, and deliveries in every state.
fn fill(folder: &Path) -> Vec<Client> {
    done(&["migrate", "--data", folder.to_str().unwrap()], &["was brought from 0"]);
    let mut runner = TestRunner::deterministic();
    run(async {
        let store = open(folder).await;
        let mut clients = Vec::new();
        let types = EventFilter::Only([EventKind::Created, EventKind::Approved].into());
        store.register(&crm(), &types, moment(1)).await.unwrap();
        for n in 1..=CLIENTS {
            let drawn = (created(), application(n), kyc_items()).new_tree(&mut runner).unwrap().current();
            clients.push(settle(&store, n, drawn).await);
        }
        for n in 1..=9 {
            let change = onboarded(CLIENTS + n);
            let number = usize::try_from(n).unwrap();
            let once = keyed(creation(&change), outcome(request(number), 1));
            assert_eq!(store.commit(once).await.unwrap(), Committed::Done);
            let renaming = renamed(&change.client, "Ngozi");
            let written = store.commit(replacement(&change.client, &renaming)).await.unwrap();
            assert_eq!(written, Committed::Done);
            clients.push(renaming.client);
        }
        deliver(&store).await;
        upload(&store).await;
        for n in 1..=3 {
            store.queue(&OrphanCandidate { key: orphan(n), since: moment(2) }).await.unwrap();
        }
        store.set_trashed(&[orphan(2)], moment(3)).await.unwrap();
        store.close().await;
        hand_in_files(folder).await;
        clients
    })
}

/// A receiver besides the default one.
fn crm() -> ReceiverName {
    ReceiverName::parse("crm").unwrap()
}

/// The key of a file that no document names.
fn orphan(n: u128) -> ContentKey {
    ContentKey::from_bits(moment(1), n)
}

/// Deliveries in every state: done, postponed, dead, discarded, leased.
async fn deliver(store: &SqliteStore) {
    let why = DeliveryFailure::Refused { status: 422 };
    let taken = store.take(&ReceiverName::DEFAULT, 12, moment(10), moment(20)).await.unwrap();
    let verdict = |n: usize| match n {
        0..3 => Verdict::Delivered { at: moment(11) },
        3..5 => Verdict::Postponed { until: moment(3_000_000_000), why: DeliveryFailure::TimedOut },
        5..8 => Verdict::DeadLettered { at: moment(12), why },
        _ => Verdict::Released,
    };
    let settled: Vec<_> =
        taken.iter().enumerate().take(10).map(|(n, taken)| taken.settle(verdict(n))).collect();
    store.settle(&ReceiverName::DEFAULT, &settled).await.unwrap();
    assert!(
        store.discard(&ReceiverName::DEFAULT, &taken.get(5).unwrap().event.id, moment(13)).await.unwrap()
    );
    let waiting = store.take(&crm(), 12, moment(10), moment(20)).await.unwrap();
    let settled: Vec<_> =
        waiting.iter().enumerate().take(10).map(|(n, taken)| taken.settle(verdict(n))).collect();
    store.settle(&crm(), &settled).await.unwrap();
    assert!(store.discard(&crm(), &waiting.get(5).unwrap().event.id, moment(13)).await.unwrap());
}

/// Batches: one that was stopped, one that was deleted after its end, and one that is being executed.
async fn upload(store: &SqliteStore) {
    for (n, state) in [(2, BatchState::Stopped), (3, BatchState::Finished), (1, BatchState::Running)] {
        let announced = batch(n, "ada");
        assert!(matches!(store.announce_batch(&announced, 9).await.unwrap(), Announcement::Stored(_)));
        for number in 0..30 {
            assert!(store.add_piece(&announced.id, "u-1", &piece(number)).await.unwrap());
        }
        let mut moved = announced;
        for state in [BatchState::Received, BatchState::Running, state] {
            let read = moved.version;
            let ended_at = Some(moment(60 - n))
                .filter(|_| state != BatchState::Running && moved.state == BatchState::Running);
            moved = Batch { state, version: read + 1, upload: None, ended_at, ..moved };
            assert!(store.replace_batch(&moved, read).await.unwrap());
            if let Some(work) = BatchWork::of(state).filter(|_| moved.ended_at.is_none()) {
                let request =
                    PieceRequest { batch: moved.id.clone(), work, now: moment(20), until: moment(30) };
                let pieces = if work == BatchWork::Check { 30 } else { 2 };
                for _ in 0..pieces {
                    let taken = store.take_piece(&request).await.unwrap().unwrap();
                    let number = taken.piece.number;
                    // One is left under its lease.
                    let settles = work == BatchWork::Check || number == 0;
                    if settles {
                        let lease = (number, taken.lease);
                        assert!(store.settle_piece(&moved.id, lease, work, &settled(number)).await.unwrap());
                    }
                }
            }
        }
    }
    assert_eq!(store.remove_batches(moment(58), 9).await.unwrap(), 1, "the third one, which ended first");
}

/// Compares everything that the port of batches answers.
async fn compare_batches(one: &dyn Batches, other: &dyn Batches) {
    let page = BatchPage { uploader: None, after: None, limit: 9 };
    let batches = one.batches(&page).await.unwrap();
    assert_eq!(batches.len(), 2);
    assert_eq!(batches, other.batches(&page).await.unwrap());
    for found in &batches {
        let progress = one.find_batch(&found.id).await.unwrap();
        assert_eq!(progress, other.find_batch(&found.id).await.unwrap());
        let pieces = one.pieces(&found.id, 0, 99).await.unwrap();
        assert_eq!(pieces.len(), 30);
        assert_eq!(pieces, other.pieces(&found.id, 0, 99).await.unwrap());
    }
    // The same lease is free again at the same time, and the same file is not executed once more.
    let work = BatchWork::Run;
    let request = PieceRequest { batch: batch(1, "ada").id, work, now: moment(31), until: moment(40) };
    let taken = one.take_piece(&request).await.unwrap();
    assert!(
        taken.as_ref().is_some_and(|taken| taken.lease == 3 && taken.begun_at == moment(20)),
        "{taken:?}"
    );
    assert_eq!(taken, other.take_piece(&request).await.unwrap());
    for store in [one, other] {
        assert_eq!(store.announce_batch(&batch(3, "ada"), 9).await.unwrap(), Announcement::Deleted);
    }
}

/// Gives every document a file with the digest that its row then has, past the service and the rule that a review is for
/// good. One file is in the trash.
async fn hand_in_files(folder: &Path) {
    let database = rusqlite::Connection::open(folder.join("clients.db")).unwrap();
    database.execute_batch("DROP TRIGGER client_document_reviewed_for_good").unwrap();
    let mut keys = database.prepare("SELECT content_key FROM client_document").unwrap();
    let keys: Vec<String> = keys.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let installation = database
        .query_row("SELECT installation_id FROM client_installation", [], |row| row.get::<_, String>(0));
    let files = FolderContents::open(&folder.join("documents")).unwrap();
    files.claim(&InstallationId::parse(&installation.unwrap()).unwrap()).await.unwrap();
    for key in keys {
        let bytes = [PHOTO, key.as_bytes()].concat();
        let digest = client_domain::kyc::Sha256(Sha256::digest(&bytes).into()).to_string();
        let changed = database.execute(
            "UPDATE client_document SET size = ?1, sha256 = ?2 WHERE content_key = ?3",
            (i64::try_from(bytes.len()).unwrap(), digest, &key),
        );
        assert_eq!(changed.unwrap(), 1);
        let bytes = stream::iter([Ok::<_, StoreError>(bytes.into())]).boxed();
        files.put(&ContentKey::parse(&key).unwrap(), bytes).await.unwrap();
    }
    let bytes = stream::iter([Ok::<_, StoreError>(PHOTO.into())]).boxed();
    files.put(&orphan(2), bytes).await.unwrap();
    assert!(files.trash(&orphan(2)).await.unwrap());
}

/// Every page of a search: ids and totals.
async fn found(store: &dyn ClientStore, search: &Search) -> (Vec<i64>, Option<u64>) {
    let mut search = search.clone();
    let mut ids = Vec::new();
    loop {
        let page = store.search(&search).await.unwrap();
        ids.extend(page.clients.iter().map(|client| client.id.get()));
        let Some(next) = page.next else { return (ids, page.total.map(|total| total.number)) };
        search.page = Page::After(next);
    }
}

/// Compares everything that ports answer about these clients.
async fn compare_clients(one: &dyn ClientStore, other: &dyn ClientStore, clients: &[Client]) {
    let keys: Vec<ClientKey> = clients.iter().map(|client| client.key().clone()).collect();
    let by_key = |clients: Vec<Client>| -> BTreeMap<ClientKey, Client> {
        clients.into_iter().map(|client| (client.key().clone(), client)).collect()
    };
    let all = by_key(one.find_all(&keys).await.unwrap());
    assert_eq!(all.len(), clients.len());
    assert_eq!(all, by_key(other.find_all(&keys).await.unwrap()));
    let page = HistoryPage { before: None, after: None, events: &[], limit: 1_000, with_values: true };
    let mut with_values = 0;
    for client in all.values() {
        let lines = one.history(client.key(), page).await.unwrap();
        with_values += lines.iter().filter(|line| !line.values.is_empty()).count();
        assert_eq!(lines, other.history(client.key(), page).await.unwrap());
        let claims = client.claims();
        assert_eq!(one.claimed(&claims, None).await.unwrap(), other.claimed(&claims, None).await.unwrap());
        for document in &client.kyc().documents {
            let name = ClientRef::Document(document.id.clone());
            assert_eq!(other.find(&name).await.unwrap().as_ref(), Some(client));
        }
    }
    assert!(with_values > 0);
    for n in 1..=10 {
        let (key, request) = (ClientRef::Key(keys.first().unwrap().clone()), request(n));
        let kept = one.load(&key, Some(&request)).await.unwrap().outcome;
        assert_eq!(kept.is_some(), n < 10);
        assert_eq!(kept, other.load(&key, Some(&request)).await.unwrap().outcome);
    }
    for today in DAYS {
        let due = DueDocuments { today, notice_days: 30, after: None, limit: 1_000 };
        assert_eq!(one.due_documents(&due).await.unwrap(), other.due_documents(&due).await.unwrap());
    }
}

async fn bytes_of(contents: &dyn DocumentContents, key: &ContentKey) -> Option<Vec<u8>> {
    let opened = contents.open(key).await.unwrap()?;
    Some(opened.try_fold(Vec::new(), async |all, piece| Ok([all, piece.to_vec()].concat())).await.unwrap())
}

#[test]
fn everything_is_in_the_copy() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let clients = fill(&folder);
    let target = Target::with_schema();
    done(
        &target.copy(&folder),
        &["129 clients", "1 files in its trash", "no key was copied", "events: ", "claims: "],
    );
    refused(&target.copy(&folder), 1, &["a copy needs an empty database", "has rows"]);
    done(&target.place("check"), &["129 clients can be read", "have the files that were submitted"]);
    run(async {
        let (source, copy) = (open(&folder).await, target.store().await);
        compare_clients(&source, &copy, &clients).await;
        compare_batches(&source, &copy).await;
        let mut runner = TestRunner::deterministic();
        let mut some = 0;
        for _ in 0..SEARCHES {
            let drawn = (plan(), order(), 1_usize..90, select(&DAYS[..]), policy());
            let (plan, order, limit, today, policy) = drawn.new_tree(&mut runner).unwrap().current();
            let predicate = plan.predicate(&clients).with_kyc_policy(&policy);
            let search =
                Search { predicate, order, page: Page::Skip(0), limit, totals: Totals::Exact, today };
            let expected = found(&source, &search).await;
            some += usize::from(!expected.0.is_empty() && expected.0.len() < clients.len());
            assert_eq!(found(&copy, &search).await, expected);
        }
        assert!(some * 4 > SEARCHES, "the generated searches say little: {some}");

        let id = copy.reserve_id().await.unwrap().get();
        assert!(clients.iter().all(|client| client.id().get() < id), "{id} is taken");
        assert!(id >= source.next_number().await.unwrap());
        for store in [&source as &dyn ContentLedger, &copy] {
            assert_eq!(store.queued(Timestamp::MAX, None, 9).await.unwrap().len(), 2);
            assert_eq!(store.trashed(Timestamp::MAX, None, 9).await.unwrap().len(), 1);
        }
        let fresh = InstallationId::from_bits(1);
        assert_eq!(source.installation(&fresh).await.unwrap(), copy.installation(&fresh).await.unwrap());
        assert_eq!(source.backlog().await.unwrap(), copy.backlog().await.unwrap());
        assert_eq!(source.dead_letters(None, 99).await.unwrap(), copy.dead_letters(None, 99).await.unwrap());
        let documents = clients.iter().flat_map(|client| &client.kyc().documents);
        for document in documents {
            let key = &document.content.key;
            let bytes = bytes_of(&copy, key).await;
            assert_eq!(bytes, Some([PHOTO, key.as_str().as_bytes()].concat()), "{key:?}");
        }
        assert_eq!(bytes_of(&copy, &orphan(2)).await.as_deref(), Some(PHOTO), "the trash");
        assert_eq!(source.receivers().await.unwrap(), copy.receivers().await.unwrap());
        let taken = async |store: &dyn Outbox, receiver: &ReceiverName| {
            let mut taken = store.take(receiver, 10_000, moment(30), moment(40)).await.unwrap();
            taken.sort_by(|one, other| one.event.id.as_str().cmp(other.event.id.as_str()));
            taken
        };
        for receiver in [ReceiverName::DEFAULT, crm()] {
            let (one, other) = (taken(&source, &receiver).await, taken(&copy, &receiver).await);
            assert!(one.len() > 100, "{receiver}");
            assert_eq!(one, other);
        }
        source.close().await;
        copy.close().await;
    });
}

/// The file with this name below a folder.
fn file(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.into_iter().find_map(|path| match path.file_name() {
        _ if path.is_dir() => file(&path, name),
        Some(own) if own == name => Some(path),
        _ => None,
    })
}

/// A file that was damaged on the way is found at the end of the copy, and replaced by the next run.
#[test]
fn a_bad_file_of_a_copy_is_replaced_when_it_is_run_again() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let clients = fill(&folder);
    let target = Target::with_schema();
    let mut documents = clients.iter().flat_map(|client| &client.kyc().documents);
    let key = documents.next().unwrap().content.key.clone();
    let path = file(&folder, key.as_str()).unwrap();
    let good = std::fs::read(&path).unwrap();
    std::fs::write(&path, vec![b'x'; good.len()]).unwrap();
    refused(&target.copy(&folder), 1, &["1 documents have no good file in the copy", "and copy again"]);
    std::fs::write(&path, &good).unwrap();
    done(&target.copy(&folder), &["129 clients", "1 files in its trash"]);
    run(async {
        let copy = target.store().await;
        assert_eq!(bytes_of(&copy, &key).await, Some(good));
        copy.close().await;
    });
}
