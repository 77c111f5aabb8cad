//! Static SQL cannot rot: the server prepares every statement, and the ports execute every one.

use std::collections::BTreeSet;
use std::time::Duration;

use adapter_postgres::{PostgresReplicas, PostgresStore, RolePrefix, Settings, migrate, statements};
use client_app::CheckState;
use client_app::batch::{Batch, BatchState, BatchWork};
use client_app::ports::{
    ActivityFilter, ActivityPage, Announcement, BatchPage, Batches as _, Changeset, ClientRef, ClientStore,
    Committed, ContentLedger as _, DeadLetterSelection, DeliveryFailure, DocumentContents, DueDocuments,
    EventFilter, ExportLog as _, ExportPage, HistoryPage, InstallationId, OrphanCandidate, Outbox, Page,
    PieceRequest, ProviderLogout, ReceiverName, Replicas as _, SavedViews as _, Search, Session,
    SessionMoment, Sessions as _, TallyBy, Tallying, Totals, Verdict, ViewSaving, WorkClaim, WorkItems as _,
    WorkPage,
};
use client_domain::client::WorkKind;
use client_domain::kyc::ContentKey;
use client_domain::search::{Order, Predicate, Word};
use client_domain::value::{BranchKey, Version};
use client_domain::{Actor, Client, EventKind};
use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use jiff::civil::date;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, Row as _, SqlSafeStr as _};
use store_conformance::fixtures::batches::{batch, piece, settled};
use store_conformance::fixtures::documents::documents_of;
use store_conformance::fixtures::exports::{ended, export};
use store_conformance::fixtures::saved_views::{VIEW_BOUNDS, saved_view};
use store_conformance::fixtures::sessions::session_of_provider;
use store_conformance::fixtures::{
    applicant, creation, keyed, moment, onboarded, outcome, renamed, replacement, request,
};
use throwaway_postgres::Cluster;

use crate::database::{Database, connect, settings};
use crate::imports;

async fn ask_for_claims(store: &PostgresStore, client: &Client) {
    assert_eq!(store.claimed(&client.claims(), None).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_prepares_every_statement() {
    let database = Database::fresh().await;
    let mut connection = database.connect().await;
    for (name, text) in statements() {
        connection.prepare(text.into_sql_str()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

async fn exports(store: &PostgresStore) {
    let record = export(1, "ada");
    store.begin_export(&record).await.unwrap();
    assert!(store.end_export(&ended(&record, true)).await.unwrap());
    let page = ExportPage { by: None, after: None, limit: 9 };
    assert_eq!(store.exports(&page).await.unwrap(), [ended(&record, true)]);
}

async fn views(store: &PostgresStore) {
    let view = saved_view(1, "ada");
    assert_eq!(store.save_view(&view, VIEW_BOUNDS).await.unwrap(), ViewSaving::Done);
    assert_eq!(store.views_of(&view.by.id).await.unwrap(), std::slice::from_ref(&view));
    assert!(store.delete_view(&view.id(), false).await.unwrap());
}

async fn installation(store: &PostgresStore) {
    let fresh = InstallationId::from_bits(1);
    assert_eq!(store.installation(&fresh).await.unwrap(), fresh);
    assert_eq!(store.installation(&InstallationId::from_bits(2)).await.unwrap(), fresh);
}

/// Groups of lines of histories.
async fn tallies(store: &PostgresStore) {
    for by in [TallyBy::Period, TallyBy::Reason, TallyBy::Wait] {
        let (events, moments) = (EventKind::ALL.to_vec(), vec![moment(0), moment(9)]);
        let tallied = store.tally(&Tallying { events, branch: None, moments, by, lines: 9 }).await.unwrap();
        assert_eq!(tallied.groups.is_empty(), by == TallyBy::Wait);
    }
}

/// Calls every operation of the ports, each way.
async fn walk(store: &PostgresStore) {
    let crm = ReceiverName::parse("crm").unwrap();
    let types = EventFilter::Only([EventKind::Created, EventKind::Updated].into());
    store.register(&crm, &types, moment(0)).await.unwrap();
    let ada = onboarded(1);
    let once = keyed(creation(&ada), outcome(request(1), 1));
    assert_eq!(store.commit(once.clone()).await.unwrap(), Committed::Done);
    assert!(matches!(store.commit(once).await.unwrap(), Committed::Replayed(_)));
    let change = renamed(&ada.client, "Ngozi");
    assert_eq!(store.commit(replacement(&ada.client, &change)).await.unwrap(), Committed::Done);
    let alone = Changeset { outcome: Some(outcome(request(2), 1)), ..Changeset::default() };
    assert_eq!(store.commit(alone).await.unwrap(), Committed::Done);

    for name in [ClientRef::Key(applicant(1).key), ClientRef::Id(applicant(1).id)] {
        assert!(store.load(&name, Some(&request(1))).await.unwrap().outcome.is_some());
        assert_eq!(store.find(&name).await.unwrap().as_ref(), Some(&change.client));
    }
    ask_for_claims(store, &ada.client).await;
    let page =
        HistoryPage { before: None, after: Some(Version::FIRST), events: &[], limit: 1, with_values: true };
    assert_eq!(store.history(ada.client.key(), page).await.unwrap().len(), 1);
    let page = ActivityPage { limit: 9, ..ActivityPage::default() };
    assert_eq!(store.activity(&page).await.unwrap().len(), 2);
    let of_branch =
        ActivityFilter { branch: ada.client.snapshot().branch.clone(), ..ActivityFilter::default() };
    assert_eq!(store.activity(&ActivityPage { filter: of_branch, ..page }).await.unwrap().len(), 2);
    tallies(store).await;
    let every_client = Search {
        predicate: Predicate::every_client(),
        order: Order::default(),
        page: Page::Skip(0),
        limit: 9,
        totals: Totals::Exact,
        today: jiff::civil::date(2026, 1, 5),
    };
    assert_eq!(store.search(&every_client).await.unwrap().total, Totals::Exact.of(1));
    let words = Predicate::of_words(Word::read("another").unwrap());
    let words = Search { predicate: words, totals: Totals::None, ..every_client };
    assert_eq!(store.search(&words).await.unwrap().clients, []);
    store.reserve_id().await.unwrap();
    ClientStore::ready(store).await.whole().unwrap();
    assert!(store.server_time().await.unwrap().is_some());
    assert_eq!(store.schema().await.unwrap(), CheckState::Ok);
    DocumentContents::ready(store).await.unwrap();
    deliveries(store, &crm, &types).await;
    assert_eq!(store.delete_delivered(moment(2), None, 9).await.unwrap().deleted, 1);
    assert_eq!(store.delete_outcomes_before(moment(61), 1).await.unwrap(), 1);
    assert_eq!(store.delete_outcomes_before(moment(61), 9).await.unwrap(), 1);
    assert_eq!(store.delete_outcomes_before(moment(61), 9).await.unwrap(), 0);

    let steps = documents_of(4, &change.client);
    let mut before = change.client.clone();
    for step in steps {
        assert_eq!(store.commit(replacement(&before, &step)).await.unwrap(), Committed::Done);
        before = step.client;
    }
    let last = documents_of(8, &onboarded(2).client).pop().unwrap();
    let mut whole = creation(&last);
    let with_documents = last.client;
    whole.documents = with_documents.kyc().documents.iter().map(|item| item.id.clone()).collect();
    whole.addresses = with_documents.kyc().addresses.iter().map(|item| item.id.clone()).collect();
    assert_eq!(store.commit(whole).await.unwrap(), Committed::Done);
    for client in [&before, &with_documents] {
        let document = ClientRef::Document(client.kyc().documents[0].id.clone());
        let address = ClientRef::Address(client.kyc().addresses[0].id.clone());
        for name in [document, address] {
            assert!(store.load(&name, None).await.unwrap().client.is_some());
            assert_eq!(store.find(&name).await.unwrap().as_ref(), Some(client));
        }
    }
    let due = DueDocuments { today: date(2030, 1, 1), notice_days: 30, after: None, limit: 9 };
    assert_eq!(store.due_documents(&due).await.unwrap().len(), 2);
    let content = before.kyc().documents[0].content.key.clone();
    assert_eq!(store.contents_in_use(std::slice::from_ref(&content)).await.unwrap().len(), 1);
    let large = ContentKey::from_bits(moment(1), 2);
    for (key, size) in [(&content, 10), (&large, 300_000)] {
        let whole = stream::iter([Ok(vec![7; size].into())]);
        store.put(key, whole.boxed()).await.unwrap();
        let pieces: Vec<_> = store.open(key).await.unwrap().unwrap().collect().await;
        assert_eq!(pieces.into_iter().map(|piece| piece.unwrap().len()).sum::<usize>(), size);
    }
    assert_eq!(store.keys(None, 9).await.unwrap().len(), 2);
    assert!(store.trash(&large).await.unwrap() && store.restore(&large).await.unwrap());
    store.delete(&large).await.unwrap();
    assert!(!store.trash(&large).await.unwrap());
    let candidate = OrphanCandidate { key: large, since: moment(1) };
    store.queue(&candidate).await.unwrap();
    let keys = store.queued(moment(2), None, 9).await.unwrap();
    assert!(keys.contains(&candidate.key));
    store.set_trashed(&keys, moment(3)).await.unwrap();
    assert_eq!(store.trashed(moment(4), None, 9).await.unwrap(), keys);
    store.dequeue(&keys).await.unwrap();
    assert_eq!(store.documents().await.unwrap(), 6);
    installation(store).await;
    sessions(store).await;
    work(store).await;
}

/// Two events, delivered to and discarded for the default receiver and this one.
async fn deliveries(store: &PostgresStore, other: &ReceiverName, types: &EventFilter) {
    for receiver in [&ReceiverName::DEFAULT, other] {
        let events = store.take(receiver, 9, moment(0), moment(9)).await.unwrap();
        assert_eq!(events.len(), 2);
        let why = DeliveryFailure::Refused { status: 500 };
        let ends = [Verdict::Delivered { at: moment(1) }, Verdict::DeadLettered { at: moment(1), why }];
        let settled: Vec<_> = events.iter().zip(ends).map(|(taken, end)| taken.settle(end)).collect();
        store.settle(receiver, &settled).await.unwrap();
        assert_eq!(store.dead_letters(None, 9).await.unwrap().len(), 1);
        assert_eq!(store.backlog().await.unwrap()[receiver].dead, 1);
        assert_eq!(store.resend(receiver, &DeadLetterSelection::All).await.unwrap(), 1);
        let again = store.take(receiver, 9, moment(1), moment(9)).await.unwrap();
        store.settle(receiver, &[again[0].settle(ends[1])]).await.unwrap();
        assert!(store.discard(receiver, &events[1].event.id, moment(2)).await.unwrap());
    }
    assert_eq!(store.receivers().await.unwrap()[0].filter, *types);
    assert!(store.forget(other).await.unwrap());
}

/// A batch of commands, from its announcement to its end.
async fn lists(store: &PostgresStore) {
    let announced = batch(1, "ada");
    let checked = store.check_announcement(&announced, 99).await.unwrap();
    let answer = store.announce_batch(&announced, 99).await.unwrap();
    assert_eq!(checked, answer);
    assert_eq!(answer, Announcement::Stored(Box::new(announced.clone())));
    let begun = Batch { version: 2, ..announced.clone() };
    assert!(store.begin_upload(&begun, 1).await.unwrap());
    assert!(store.add_piece(&begun.id, "u-1", &piece(0)).await.unwrap());
    let received = Batch { state: BatchState::Received, version: 3, ..begun };
    assert!(store.replace_batch(&received, 2).await.unwrap());
    assert_eq!(store.batches_at_work(9).await.unwrap(), std::slice::from_ref(&received));
    let (batch, work) = (received.id.clone(), BatchWork::Check);
    let request = PieceRequest { batch, work, now: moment(1), until: moment(2) };
    let taken = store.take_piece(&request).await.unwrap().unwrap();
    assert!(store.settle_piece(&received.id, (0, taken.lease), work, &settled(0)).await.unwrap());
    assert_eq!(store.pieces(&received.id, 0, 9).await.unwrap().len(), 1);
    assert_eq!(store.refused_pieces(&received.id, 0, 9).await.unwrap().len(), 1);
    assert_eq!(store.find_batch(&received.id).await.unwrap().unwrap().1.rows, 2);
    let page = BatchPage { uploader: None, after: None, limit: 9 };
    assert_eq!(store.batches(&page).await.unwrap().len(), 1);
    let confirmed = Batch { state: BatchState::Confirmed, version: 4, ..received.clone() };
    assert!(store.replace_batch(&confirmed, 3).await.unwrap());
    let running = Batch { state: BatchState::Running, version: 5, ..confirmed };
    assert!(store.start_batch(&running, 4).await.unwrap());
    assert_eq!(store.batch(&received.id).await.unwrap().map(|there| there.version), Some(5));
    assert_eq!(store.batches_waiting(moment(9), None, 9).await.unwrap(), []);
    let request = PieceRequest { work: BatchWork::Run, ..request };
    let taken = store.take_piece(&request).await.unwrap().unwrap();
    assert!(store.settle_piece(&received.id, (0, taken.lease), BatchWork::Run, &settled(0)).await.unwrap());
    let ended = Batch { state: BatchState::Stopped, version: 6, ended_at: Some(moment(3)), ..running };
    assert!(store.replace_batch(&ended, 5).await.unwrap());
    assert_eq!(store.remove_batches(moment(9), 9).await.unwrap(), 1);
    assert_eq!(store.announce_batch(&announced, 99).await.unwrap(), Announcement::Deleted);
}

async fn work(store: &PostgresStore) {
    assert!(!store.lacks(&store.confirmed()).await.unwrap());
    assert_eq!(store.synchronous_standbys().await.unwrap(), 0);
    let page = |branch| WorkPage { kind: WorkKind::Document, branch, after: None, limit: 9 };
    let waiting = store.waiting(&page(None)).await.unwrap();
    assert!(!waiting.is_empty());
    let of_branch = store.waiting(&page(Some(BranchKey::parse("nowhere").unwrap()))).await.unwrap();
    assert_eq!(of_branch, []);
    let by = Actor::parse("ada").unwrap();
    let claim = WorkClaim { item: waiting[0].item.clone(), by: by.clone(), until: moment(9) };
    assert_eq!(store.claim_work(&claim, moment(1)).await.unwrap(), None);
    assert_eq!(store.work_claims(&[waiting[0].item.clone()], moment(1)).await.unwrap(), [claim]);
    assert!(store.release_work(&waiting[0].item, &by.id, moment(1)).await.unwrap());
    assert_eq!(store.remove_ended_claims(moment(9), 9).await.unwrap(), 0);
    lists(store).await;
}

async fn sessions(store: &PostgresStore) {
    let at = SessionMoment::without_idle(moment(2));
    let session = session_of_provider(1, "a", "ada", Some("s-1"));
    store.open_session(&session).await.unwrap();
    assert!(store.touch_session(&session.id, at).await.unwrap());
    let touched = Session { last_seen: moment(2), ..session.clone() };
    assert_eq!(store.find_session(&session.id, at).await.unwrap(), Some(touched));
    assert!(store.end_session(&session.id).await.unwrap());
    assert_eq!(store.end_sessions_of(&session.caller.actor.id).await.unwrap(), 0);
    let issuer = "a".to_owned();
    for logout in [
        ProviderLogout::Session { issuer: issuer.clone(), session: "s-1".to_owned(), subject: None },
        ProviderLogout::Subject { issuer, subject: "ada".to_owned() },
    ] {
        store.open_session(&session).await.unwrap();
        assert_eq!(store.end_provider_sessions(&logout).await.unwrap(), 1);
    }
    assert_eq!(store.remove_ended(at, 9).await.unwrap(), 0);
}

/// Recomputes every client, as after a release that stored other normal forms.
async fn recomputes(store: &PostgresStore, owner: &mut PgConnection) {
    sqlx::raw_sql("UPDATE client SET normal_form = 1").execute(owner).await.unwrap();
    let done = store.recompute(None, 9).await.unwrap();
    assert_eq!((done.clients, done.left_out), (2, 0));
}

/// While the first read or commit waits for a lock, later ones share a statement.
async fn batches(store: &PostgresStore, mut other: PgConnection) {
    sqlx::raw_sql("BEGIN; LOCK TABLE client").execute(&mut other).await.unwrap();
    let key = ClientRef::Key(applicant(1).key);
    let unlock = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    };
    let found = join_all((0..4).map(|_| store.find(&key)));
    let loaded = join_all((0..4).map(|_| store.load(&key, None)));
    let done = join_all((11..15).map(|n| store.commit(creation(&onboarded(n)))));
    let (found, loaded, done, ()) = tokio::join!(found, loaded, done, unlock);
    assert!(found.into_iter().all(|found| found.unwrap().is_some()));
    assert!(loaded.into_iter().all(|loaded| loaded.unwrap().client.is_some()));
    assert!(done.into_iter().all(|done| done.unwrap() == Committed::Done));
}

/// A server that is no standby is asked what it is, and never chosen.
async fn replicas(store: &PostgresStore, settings: &Settings) {
    let servers = [settings.clone()];
    let replicas = PostgresReplicas::open(store, &servers, Duration::from_secs(5)).await.unwrap();
    replicas.position().await;
    assert!(replicas.choose(None).await.is_none());
}

/// The server logs what it executes. A server of our own, because the log of another one may not be readable.
#[tokio::test(flavor = "multi_thread")]
async fn the_ports_execute_every_statement() {
    let server = Cluster::own(&["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "log_statement=all"]);
    let settings = settings(&server.url("postgres"));
    migrate(&settings).await.unwrap();
    let store = PostgresStore::open(&settings).await.unwrap();
    Box::pin(walk(&store)).await;
    views(&store).await;
    exports(&store).await;
    recomputes(&store, &mut connect(&server.url("postgres")).await).await;
    batches(&store, connect(&server.url("postgres")).await).await;
    replicas(&store, &settings).await;
    sqlx::raw_sql("CREATE DATABASE copy").execute(&mut connect(&server.url("postgres")).await).await.unwrap();
    imports::fill(&self::settings(&server.url("copy"))).await;

    let seen = server.log();
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let seen = flat(&seen);
    let never: BTreeSet<_> =
        statements().iter().filter(|(_, text)| !seen.contains(&flat(text))).map(|(name, _)| *name).collect();
    // These are executed in outages, beside newer releases, behind poolers and by starts that wait, which have tests of their
    // own.
    let others = [
        "BACKENDS_AT_WORK",
        "CONFIRM",
        "MIGRATION_LOCK_HOLDER",
        "POOLED_SESSION",
        "RELEASE_DELIVERIES",
        "RELEASE_EVENTS",
        "WRITABLE",
    ];
    assert_eq!(never, BTreeSet::from(others));
}

/// The grants of the role of the service are enough, and are not more than that.
#[tokio::test(flavor = "multi_thread")]
async fn the_grants_are_enough_for_every_port() {
    let grants = RolePrefix::parse("clients").unwrap().grants(true);
    let server = Cluster::own(&["-c", "fsync=off", "-c", "full_page_writes=off"]);
    let owner = server.url("postgres");
    let mut connection = connect(&owner).await;
    migrate(&settings(&owner)).await.unwrap();
    // What an earlier release may have granted is gone afterwards.
    let before = "CREATE ROLE clients_runtime LOGIN; CREATE ROLE clients_reader LOGIN;
        GRANT ALL ON ALL TABLES IN SCHEMA public TO clients_runtime, clients_reader";
    sqlx::raw_sql(before).execute(&mut connection).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(grants)).execute(&mut connection).await.unwrap();

    let runtime = owner.replace("postgres@", "clients_runtime@");
    let store = PostgresStore::open(&settings(&runtime)).await.unwrap();
    Box::pin(walk(&store)).await;
    views(&store).await;
    recomputes(&store, &mut connection).await;
    replicas(&store, &settings(&runtime)).await;
    sqlx::raw_sql("REVOKE SELECT ON _sqlx_migrations FROM clients_runtime")
        .execute(&mut connection)
        .await
        .unwrap();
    let unaware = PostgresStore::open(&settings(&runtime)).await.unwrap();
    assert_eq!(
        unaware.schema().await.unwrap().name(),
        "warning",
        "an unknown version is no reason not to serve"
    );
    let mut connection = connect(&runtime).await;
    for denied in [
        "UPDATE client_history SET notes = ''",
        "DELETE FROM client_history",
        "TRUNCATE client_history",
        "DELETE FROM client",
        "UPDATE client SET created_by = ''",
        "UPDATE client SET former_client = ''",
        "UPDATE client SET version = version + 1, id = 1",
        "UPDATE client_number SET client_key = ''",
        "UPDATE client_claim SET client_key = ''",
        "UPDATE client_address SET line1 = ''",
        "UPDATE client_document SET number = ''",
        "UPDATE client_content SET content_key = ''",
        "UPDATE client_outbox SET client_key = ''",
        "DELETE FROM client_document",
        "TRUNCATE client_outbox",
        "UPDATE client_outbox SET event = ''",
        "UPDATE client_idempotency SET message = ''",
        "INSERT INTO client_lifecycle_edge VALUES (5, 'approve', 4)",
        "CREATE TABLE mine (x integer)",
        "ALTER TABLE client_history DISABLE TRIGGER ALL",
    ] {
        let error = sqlx::raw_sql(denied).execute(&mut connection).await.expect_err(denied);
        assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("42501"), "{denied}");
    }
    let fixed = "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'client'::regclass
        AND attnum > 0 AND NOT has_column_privilege('client', attnum, 'UPDATE')";
    let fixed: String = sqlx::query_scalar(fixed).fetch_one(&mut connection).await.unwrap();
    assert_eq!(fixed, "client_key id created_by created_by_email created_at former_client");
    reader_sees_no_secret(&owner).await;
    // It may delete delivered events, and the trigger refuses every other deletion.
    let error = sqlx::raw_sql("DELETE FROM client_outbox").execute(&mut connection).await.unwrap_err();
    assert_eq!(error.as_database_error().unwrap().constraint(), Some("client_outbox_kept"));
}

/// Reports read clients and their history, and neither sessions, sealed outcomes and files nor what is not theirs to write.
async fn reader_sees_no_secret(owner: &str) {
    let mut reader = connect(&owner.replace("postgres@", "clients_reader@")).await;
    let rights = "SELECT coalesce(string_agg(relname::text, ' ' ORDER BY relname) FILTER (WHERE NOT
            has_table_privilege(oid, 'SELECT')), ''),
        bool_or(has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER'))
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'p')
            AND relname NOT LIKE 'pg\\_%'";
    let rights = sqlx::raw_sql(rights).fetch_one(&mut reader).await.unwrap();
    assert_eq!(
        rights.get::<String, _>(0),
        "client_batch client_batch_piece client_claim client_content client_content_candidate client_content_piece \
         client_deleted_batch client_export client_idempotency client_installation client_saved_view client_session client_sign_in client_work_claim"
    );
    assert!(!rights.get::<bool, _>(1), "a reader writes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_one_statement_without_a_transaction_block() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let ada = onboarded(1);
    let answer = store.commit(keyed(creation(&ada), outcome(request(1), 1))).await.unwrap();
    assert_eq!(answer, Committed::Done);
    let rows = database
        .run(
            "SELECT DISTINCT xmin::text FROM client UNION SELECT xmin::text FROM client_number
            UNION SELECT xmin::text FROM client_claim UNION SELECT xmin::text FROM client_history
            UNION SELECT xmin::text FROM client_outbox UNION SELECT xmin::text FROM client_idempotency",
        )
        .await
        .unwrap();
    assert_eq!(rows.len(), 1, "every row is of one transaction");
    assert!(!rows[0].get::<String, _>(0).is_empty());
}

/// A caller that leaves can leave a transaction over several round trips open, and its `commit` can report success for a
/// rollback. There is no such transaction, so neither can happen; a change that adds one has to handle both.
#[test]
fn the_program_holds_no_transaction_open() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let source = std::fs::read_to_string(&path).unwrap();
            for needle in [".begin()", "begin_with", "START TRANSACTION", "SAVEPOINT"] {
                assert!(!source.contains(needle), "{}: {needle}", path.display());
            }
        }
    }
    assert!(files > 15);
    assert!(statements().iter().all(|(_, text)| !text.contains("BEGIN") && !text.contains("COMMIT")));
}
