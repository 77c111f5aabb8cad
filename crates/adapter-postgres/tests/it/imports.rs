//! A copy of another store: by the owner of the schema, into an empty database, alone.

use std::collections::BTreeSet;

use adapter_postgres::{Import, ImportSource, PostgresStore, Settings, StartError, migrate};
use client_app::batch::{Batch, BatchState, StoredPiece};
use client_app::ports::{
    Announcement, Batches as _, Changeset, ClaimDigest, ClientRef, ClientStore as _, Committed, DeliveryEnd,
    DeliveryFailure, EventFilter, HistoryPage, InstallationId, Lease, Outbox as _, OutboxEvent, ReceiverName,
    Registration, StoreError, StoredBatchPiece, StoredCandidate, StoredClaim, StoredDeletedBatch,
    StoredDelivery, StoredEvent,
};
use client_domain::client::Change;
use client_domain::kyc::ContentKey;
use client_domain::{ClaimKind, ClientState};
use sqlx::Row as _;
use store_conformance::fixtures::batches::{batch, piece, settled};
use store_conformance::fixtures::documents::documents_of;
use store_conformance::fixtures::exports::{ended, export};
use store_conformance::fixtures::saved_views::saved_view;
use store_conformance::fixtures::{
    applicant, creation, moment, outcome, path_to, path_with, replacement, request,
};

use crate::database::{Database, connect, settings};

const INSTALLATION: u128 = 7;

fn source() -> ImportSource {
    of_state("a")
}

/// The same store in another state.
fn of_state(digest: &str) -> ImportSource {
    ImportSource { installation: InstallationId::from_bits(INSTALLATION), digest: digest.to_owned() }
}

/// The last state of a path with the whole history, and the events.
fn whole(path: &[Change]) -> (Changeset, Vec<StoredEvent>) {
    let steps = path.iter().enumerate().map(|(at, change)| match at {
        0 => creation(change),
        at => replacement(&path[at - 1].client, change),
    });
    let (mut history, mut events) = (Vec::new(), Vec::new());
    for step in steps {
        history.extend(step.history);
        events.extend(step.events);
    }
    let last = path.last().unwrap();
    let kyc = last.client.kyc();
    let changeset = Changeset {
        documents: kyc.documents.iter().map(|document| document.id.clone()).collect(),
        addresses: kyc.addresses.iter().map(|address| address.id.clone()).collect(),
        history,
        take: Vec::new(),
        events: Vec::new(),
        ..creation(last)
    };
    let stored = |event| StoredEvent {
        event,
        leased_until: Some(moment(50)),
        lease: Lease(3),
        failures: 2,
        why: Some(DeliveryFailure::Refused { status: 500 }),
        end: None,
    };
    (changeset, events.into_iter().map(stored).collect())
}

fn paths() -> Vec<Vec<Change>> {
    let mut paths: Vec<_> = (1..=4).map(|n| path_to(ClientState::Active, applicant(n))).collect();
    paths.push(path_with(5, ClientState::PendingApproval, applicant(5), |client| documents_of(4, client)));
    paths.push(path_to(ClientState::Rejected, applicant(6)));
    paths
}

/// Migrates a database and copies clients with everything into it.
pub(crate) async fn fill(settings: &Settings) -> Vec<Vec<Change>> {
    migrate(settings).await.unwrap();
    let mut import = Import::begin(settings, &source()).await.unwrap();
    let (changesets, events): (Vec<_>, Vec<_>) = paths().iter().map(|path| whole(path)).unzip();
    import.add_clients(changesets).await.unwrap();
    let claim = |kind, exclusive| StoredClaim {
        kind,
        digest: ClaimDigest([9; 32]),
        client: applicant(1).key,
        exclusive,
    };
    import.add_claims(&[claim(ClaimKind::Email, true), claim(ClaimKind::Phone, false)]).await.unwrap();
    let mut events = events.concat();
    events[0].end = Some(DeliveryEnd::Delivered(moment(5)));
    events[1].end = Some(DeliveryEnd::DeadLettered(moment(6)));
    events[2].end = Some(DeliveryEnd::Discarded(moment(7)));
    import.add_events(&events).await.unwrap();
    let since = moment(1);
    let registration = Registration { receiver: crm(), filter: EventFilter::All, since };
    import.add_receivers(&[registration]).await.unwrap();
    import.add_deliveries(&[delivery_of(&events[3])]).await.unwrap();
    import.add_outcomes(&[outcome(request(1), 1), outcome(request(2), 2)]).await.unwrap();
    import.add_views(&[saved_view(1, "ada"), saved_view(2, "ben")]).await.unwrap();
    import.add_exports(&[export(1, "ada"), ended(&export(2, "ben"), true)]).await.unwrap();
    import.add_batches(&[batch(1, "ada"), ended_batch()]).await.unwrap();
    import.add_batch_pieces(&batch_pieces()).await.unwrap();
    let deleted = StoredDeletedBatch { id: batch(3, "ada").id, ended_at: moment(4) };
    import.add_deleted_batches(&[deleted]).await.unwrap();
    let key = ContentKey::from_bits(moment(1), 1);
    let candidate = StoredCandidate { key, queued_at: moment(2), trashed_at: Some(moment(3)) };
    import.add_candidates(&[candidate]).await.unwrap();
    assert_eq!(import.last_client().await.unwrap(), Some(applicant(6).id));
    let counts = import.copied_rows().await.unwrap();
    let count = |name: &str| counts.iter().find(|(counted, _)| counted == name).unwrap().1;
    assert_eq!((count("client"), count("client_claim"), count("client_outbox")), (6, 2, events.len() as u64));
    assert_eq!(count("client_outbox (open)"), events.len() as u64 - 3);
    import.finish(40).await.unwrap();
    paths()
}

fn ended_batch() -> Batch {
    Batch { state: BatchState::Stopped, ended_at: Some(moment(9)), upload: None, ..batch(2, "ben") }
}

/// One that is being executed, with its check, and one that waits for its check.
fn batch_pieces() -> [StoredBatchPiece; 2] {
    let checked = StoredPiece { piece: piece(0), stage: 1, settled: Some(settled(0)) };
    let received = StoredPiece { piece: piece(1), stage: 0, settled: None };
    [
        StoredBatchPiece {
            batch: batch(1, "ada").id,
            piece: checked,
            leased_until: Some(moment(50)),
            lease: 3,
            begun_at: Some(moment(40)),
        },
        StoredBatchPiece {
            batch: batch(1, "ada").id,
            piece: received,
            leased_until: None,
            lease: 0,
            begun_at: None,
        },
    ]
}

fn crm() -> ReceiverName {
    ReceiverName::parse("crm").unwrap()
}

/// What waits for a receiver besides the default one: a dead letter.
fn delivery_of(stored: &StoredEvent) -> StoredDelivery {
    let OutboxEvent { id, client, version, at, .. } = &stored.event;
    StoredDelivery {
        client: client.clone(),
        version: *version,
        event: id.clone(),
        receiver: crm(),
        at: *at,
        leased_until: None,
        lease: Lease(3),
        failures: 2,
        why: Some(DeliveryFailure::TimedOut),
        end: Some(DeliveryEnd::DeadLettered(moment(8))),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_the_schema_copies_clients_with_their_whole_history() {
    let database = Database::empty().await;
    let role = database.url.split(['/', '?']).nth(3).unwrap().to_owned();
    database.run(&format!("CREATE ROLE {role} LOGIN")).await.unwrap();
    database.run(&format!("ALTER DATABASE {role} OWNER TO {role}")).await.unwrap();
    let url = database.url.replacen("postgres@", &format!("{role}@"), 1);
    let paths = fill(&settings(&url)).await;

    let store = PostgresStore::open(&settings(&url)).await.unwrap();
    let page = HistoryPage { before: None, after: None, events: &[], limit: 99, with_values: true };
    for path in &paths {
        let client = &path.last().unwrap().client;
        let found = store.find(&ClientRef::Key(client.key().clone())).await.unwrap();
        assert_eq!(found.as_ref(), Some(client));
        let lines = store.history(client.key(), page).await.unwrap();
        let events: Vec<_> = lines.iter().rev().map(|line| &line.event).collect();
        assert_eq!(events, path.iter().map(|change| &change.event).collect::<Vec<_>>());
    }
    assert_eq!(store.reserve_id().await.unwrap().get(), 65);
    let backlog = store.backlog().await.unwrap();
    assert_eq!((backlog[&ReceiverName::DEFAULT].dead, backlog[&crm()].dead), (1, 1));
    let letters = store.dead_letters(None, 9).await.unwrap();
    let letter = letters.iter().find(|letter| letter.receiver == crm()).unwrap();
    assert_eq!((letter.failures, letter.since), (2, moment(8)));
    for batch in [batch(1, "ada"), ended_batch()] {
        assert_eq!(store.batch(&batch.id).await.unwrap(), Some(batch));
    }
    let pieces = store.pieces(&batch(1, "ada").id, 0, 9).await.unwrap();
    assert_eq!(pieces, batch_pieces().map(|stored| stored.piece));
    let announced = store.announce_batch(&batch(3, "ada"), 9).await.unwrap();
    assert_eq!(announced, Announcement::Deleted);
    // The rule that a line of history has the version of its client holds again.
    let trigger = "SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'client_history_line_has_version'";
    let rows = database.run(trigger).await.unwrap();
    assert_eq!(rows[0].get::<String, _>(0), "O");
    let next = path_to(ClientState::PendingApproval, applicant(70));
    assert_eq!(store.commit(creation(&next[0])).await.unwrap(), Committed::Done);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_needs_a_database_for_itself() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let refusal = async |sentence: &str| match Import::begin(&database.settings(), &source()).await {
        Err(StartError::Unfit(found)) => assert!(found.contains(sentence), "{found}"),
        other => panic!("{other:?}"),
    };
    assert!(store.find(&ClientRef::Id(applicant(1).id)).await.unwrap().is_none());
    refusal("another program of the service uses it").await;
    let made = store.commit(creation(&path_to(ClientState::PendingApproval, applicant(1))[0])).await;
    assert_eq!(made.unwrap(), Committed::Done);
    store.close().await;
    refusal("the table client has rows").await;

    let database = Database::fresh().await;
    let import = Import::begin(&database.settings(), &source()).await.unwrap();
    drop(import);
    let opened = PostgresStore::open(&database.settings()).await;
    assert!(matches!(opened, Err(StartError::Schema(sentence)) if sentence.contains("a part of a copy")));
    let other = ImportSource { installation: InstallationId::from_bits(8), ..source() };
    let other = Import::begin(&database.settings(), &other).await;
    assert!(matches!(other, Err(StartError::Unfit(found)) if found.contains("of another data folder")));
    let changed = Import::begin(&database.settings(), &of_state("b")).await;
    assert!(
        matches!(changed, Err(StartError::Unfit(found)) if found.contains("before the data folder changed"))
    );
    let mut again = Import::begin(&database.settings(), &source()).await.unwrap();
    let (changeset, _) = whole(&paths()[0]);
    again.add_clients(vec![changeset.clone()]).await.unwrap();
    let twice = again.add_clients(vec![changeset]).await;
    assert!(matches!(twice, Err(StoreError::Corrupt { .. })), "{twice:?}");
    again.finish(1).await.unwrap();
    // The first number of the first block is that of the client.
    assert_eq!(database.store().await.reserve_id().await.unwrap().get(), 2);

    let empty = Database::empty().await;
    let schema = Import::begin(&empty.settings(), &source()).await;
    assert!(matches!(schema, Err(StartError::Schema(sentence)) if sentence.contains("migrate")));
}

/// A table that a copy does not know fails here: it is counted, or named with where its rows go.
#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_known_to_a_copy() {
    let database = Database::fresh().await;
    let mut import = Import::begin(&database.settings(), &source()).await.unwrap();
    let counted = import.copied_rows().await.unwrap();
    let mut known: BTreeSet<String> =
        counted.into_iter().map(|(name, _)| name).filter(|name| !name.contains('(')).collect();
    for elsewhere in [
        // Written by the migrations.
        "_sqlx_migrations",
        "client_lifecycle_edge",
        // The numbers of the clients, written with them.
        "client_number",
        // The files, which a copy writes through the port of files.
        "client_content",
        "client_content_piece",
        // The id of the source, and the mark of an unfinished copy.
        "client_installation",
        "client_copy",
        // Sessions stay where people have signed in.
        "client_session",
        "client_sign_in",
        // Written by the triggers of the target, and leases of minutes.
        "client_work_item",
        "client_work_claim",
        "client_kyc_status",
    ] {
        known.insert(elsewhere.to_owned());
    }
    let mut connection = connect(&database.url).await;
    let names = |sql: &'static str| sqlx::query_scalar::<_, String>(sql);
    let tables = names("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'");
    let tables = tables.fetch_all(&mut connection).await.unwrap();
    assert_eq!(tables.into_iter().collect::<BTreeSet<_>>(), known);
    // Set by the end of a copy.
    let sequences = names("SELECT sequencename::text FROM pg_sequences WHERE schemaname = 'public'");
    assert_eq!(sequences.fetch_all(&mut connection).await.unwrap(), ["client_number_block"]);
}
