//! The schema refuses by itself what the domain refuses, under names that the adapter knows.

mod broken;

use std::collections::BTreeSet;

use adapter_sqlite::{SqliteStore, constraints};
use client_app::ports::{
    Batches as _, Changeset, ClientRef, ClientStore, Committed, DocumentContents as _, EventFilter,
    ExportLog as _, Outbox as _, ReceiverName, SavedViews as _, Sessions as _, StoreError, ViewSaving,
    WorkClaim, WorkItemId, WorkItems as _,
};
use client_domain::client::WorkSubject;
use client_domain::kyc::ContentKey;
use client_domain::lifecycle::edges_sql;
use client_domain::{Actor, ClientState};
use futures_util::{StreamExt as _, stream};
use rusqlite::Connection;
use store_conformance::fixtures::batches::{batch, piece};
use store_conformance::fixtures::documents::documents_of;
use store_conformance::fixtures::exports::export;
use store_conformance::fixtures::saved_views::{VIEW_BOUNDS, saved_view};
use store_conformance::fixtures::sessions::session_of_provider;
use store_conformance::fixtures::{
    applicant, creation, moment, onboarded, outcome, path_with, replacement, request,
};

use self::broken::BROKEN;
use crate::database::Database;

/// A database with an active client, its documents (reviewed and not), its claims, history and events (one discarded), and
/// an outcome.
async fn with_a_client() -> (Database, SqliteStore) {
    let database = Database::fresh().await;
    let store = database.store().await;
    let way = path_with(1, ClientState::Active, applicant(1), |client| documents_of(8, client));
    let crm = ReceiverName::parse("crm").unwrap();
    store.register(&crm, &EventFilter::All, moment(0)).await.unwrap();
    let mut changesets = vec![creation(&way[0])];
    changesets.extend(way.windows(2).map(|step| replacement(&step[0].client, &step[1])));
    changesets.push(Changeset { outcome: Some(outcome(request(1), 1)), ..Changeset::default() });
    for changeset in changesets {
        assert_eq!(store.commit(changeset).await.unwrap(), Committed::Done);
    }
    let key = ContentKey::from_bits(moment(1), 1);
    store.put(&key, stream::iter([Ok("a file".into())]).boxed()).await.unwrap();
    store.open_session(&session_of_provider(1, "a", "ada", Some("s-1"))).await.unwrap();
    let item = WorkItemId { client: applicant(1).key, subject: WorkSubject::Approval };
    let claim = WorkClaim { item, by: Actor::parse("ada").unwrap(), until: moment(9) };
    assert_eq!(store.claim_work(&claim, moment(0)).await.unwrap(), None);
    let announced = batch(1, "ada");
    store.announce_batch(&announced, 99).await.unwrap();
    assert!(store.add_piece(&announced.id, "u-1", &piece(0)).await.unwrap());
    store.begin_export(&export(1, "ada")).await.unwrap();
    let view = saved_view(1, "ada");
    assert_eq!(store.save_view(&view, VIEW_BOUNDS).await.unwrap(), ViewSaving::Done);
    let given_up = "INSERT INTO client_outbox (client_key, version, event_id, event, at, data, discarded_at)
        SELECT client_key, 99, 'given up', event, at, data, 1 FROM client_outbox WHERE version = 1";
    database.connect().execute_batch(given_up).unwrap();
    database.connect().execute_batch("INSERT INTO client_deleted_batch VALUES ('gone', 1)").unwrap();
    (database, store)
}

/// Runs statements in a transaction, and answers the message that refuses them.
fn refusal(connection: &Connection, sql: &str) -> String {
    connection.execute_batch("BEGIN").unwrap();
    let result = connection.execute_batch(sql).and_then(|()| connection.execute_batch("COMMIT"));
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK").unwrap();
    }
    match result {
        Err(rusqlite::Error::SqliteFailure(_, Some(message))) => message,
        other => panic!("{sql}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_constraint_refuses_its_violation() {
    let (database, _store) = with_a_client().await;
    let connection = database.connect();
    for (constraint, sql) in BROKEN {
        let message = refusal(&connection, sql);
        let rule = message.split_once(" failed: ").map_or(&*message, |(_, rule)| rule);
        assert_eq!(rule, *constraint, "{sql}");
    }
    let provoked: BTreeSet<_> = BROKEN.iter().map(|(constraint, _)| *constraint).collect();
    let known: BTreeSet<_> = constraints().iter().map(|(constraint, _)| *constraint).collect();
    assert_eq!(provoked, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_adapter_knows_every_rule_of_the_schema() {
    let database = Database::fresh().await;
    let connection = database.connect();
    let mut statement = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").unwrap();
    let schema: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let schema = schema.join("\n");
    let checks = schema.split("CONSTRAINT ").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once(char::is_whitespace)?;
        rest.starts_with("CHECK").then_some(name)
    });
    let triggers = schema.split("raise(ABORT, '").skip(1).map(|rest| rest.split_once('\'').unwrap().0);
    let there: BTreeSet<&str> = checks.chain(triggers).collect();
    let known = constraints().iter().map(|(name, _)| *name);
    // Keys are reported by their columns.
    let known: BTreeSet<&str> = known.filter(|name| !name.contains(['.', ' '])).collect();
    assert_eq!(there, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_violation_is_reported_without_values() {
    let (_database, store) = with_a_client().await;
    let mut forged = creation(&onboarded(2));
    forged.history[0].event.from = Some(ClientState::Rejected);
    let error = store.commit(forged).await.unwrap_err();
    let StoreError::Corrupt { what } = &error else { panic!("{error:?}") };
    assert_eq!(what, "a line of history that is no edge of the lifecycle");
    assert_eq!(store.find(&ClientRef::Id(applicant(2).id)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_without_its_line_is_refused() {
    let (_database, store) = with_a_client().await;
    let silent = Changeset { history: Vec::new(), ..creation(&onboarded(2)) };
    let error = store.commit(silent).await.unwrap_err();
    let StoreError::Corrupt { what } = &error else { panic!("{error:?}") };
    assert_eq!(what, "a version of a client without a line of history");
    assert_eq!(store.find(&ClientRef::Id(applicant(2).id)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lifecycle_edges_are_those_of_the_domain() {
    let database = Database::fresh().await;
    let connection = database.connect();
    let edges = |connection: &Connection| -> Vec<(i64, String, i64)> {
        let mut statement =
            connection.prepare("SELECT * FROM client_lifecycle_edge ORDER BY 1, 2, 3").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let seeded = edges(&connection);
    connection.execute_batch("DELETE FROM client_lifecycle_edge").unwrap();
    connection.execute_batch(&edges_sql()).unwrap();
    assert_eq!(seeded, edges(&connection));
    assert!(!seeded.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_row_is_reported_by_its_column() {
    let (database, store) = with_a_client().await;
    let connection = database.connect();
    connection.execute_batch("DROP TRIGGER client_version_by_one").unwrap();
    for (column, broken, whole) in
        [("email", "secret", "a@b.co"), ("country", "ZZ", "NG"), ("birth_date", "0100-01-01", "1990-01-01")]
    {
        connection.execute(&format!("UPDATE client SET {column} = ?1"), [broken]).unwrap();
        match store.find(&ClientRef::Id(applicant(1).id)).await {
            Err(StoreError::Corrupt { what }) => {
                assert_eq!(what, format!("the column {column} of a row of the table client"));
            }
            other => panic!("{other:?}"),
        }
        connection.execute(&format!("UPDATE client SET {column} = ?1"), [whole]).unwrap();
    }
    assert!(store.find(&ClientRef::Id(applicant(1).id)).await.unwrap().is_some());
}
