//! Each version of a client has its line of history, and each line its version, whatever program writes.

use adapter_postgres::migrate;
use client_app::ports::{ClientRef, ClientStore, Committed, StoreError};
use futures_util::future::join_all;
use sqlx::{AssertSqlSafe, Connection as _};
use store_conformance::fixtures::{applicant, creation, onboarded, renamed, replacement};

use crate::database::Database;

const RENAME: &str = "UPDATE client SET version = version + 1, first_name = 'Ngozi'";
const LINE: &str = "INSERT INTO client_history
        (client_key, version, event, command, request_id, actor, at, from_state, to_state, changed)
    SELECT client_key, version, 'ClientUpdated', 'Command', 'r', 'operator', now(), state, state, 'firstName' FROM client";

async fn one_client() -> Database {
    let database = Database::fresh().await;
    let store = database.store().await;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    database
}

/// Which constraint refused, of statements in one transaction.
async fn refused(database: &Database, statements: &[&str]) -> Option<String> {
    let mut connection = database.connect().await;
    let mut transaction = connection.begin().await.unwrap();
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe((*statement).to_owned())).execute(&mut *transaction).await.unwrap();
    }
    let error = transaction.commit().await.err()?;
    Some(error.as_database_error().unwrap().constraint().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_writes_a_version_and_its_line_or_neither() {
    let database = one_client().await;
    let silent = Some("client_version_has_line".to_owned());
    let forged = Some("client_history_line_has_version".to_owned());
    assert_eq!(refused(&database, &[RENAME]).await, silent);
    let ahead = LINE.replace("SELECT client_key, version", "SELECT client_key, version + 7");
    assert_eq!(refused(&database, &[&ahead]).await, forged);
    // The line of the version before the last.
    assert_eq!(refused(&database, &[RENAME, RENAME, LINE]).await, silent);
    assert_eq!(refused(&database, &[RENAME, LINE]).await, None);
    let found = database.store().await.find(&ClientRef::Key(applicant(1).key)).await.unwrap().unwrap();
    assert_eq!(found.version().get(), 2);
}

/// Alone and in a batch, where the others are done.
#[tokio::test(flavor = "multi_thread")]
async fn a_changeset_without_a_line_is_refused_with_the_cause() {
    let database = one_client().await;
    let store = database.store().await;
    let mut without = creation(&onboarded(2));
    without.history.clear();
    let others = (3..9).map(|n| creation(&onboarded(n)));
    let answers =
        join_all([without].into_iter().chain(others).map(|changeset| store.commit(changeset))).await;
    let Err(StoreError::Corrupt { what }) = &answers[0] else { panic!("{:?}", answers[0]) };
    assert_eq!(what, "a version of a client without a line of history");
    assert!(answers[1..].iter().all(|answer| matches!(answer, Ok(Committed::Done))), "{answers:?}");
    assert_eq!(store.find(&ClientRef::Id(applicant(2).id)).await.unwrap(), None);
}

/// Rows of an earlier release are not checked, and later versions follow them.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_clients_is_migrated() {
    let database = one_client().await;
    let before = "DROP TRIGGER client_version_by_one ON client;
        DROP TRIGGER client_onboarded_for_good ON client;
        DROP FUNCTION client_refuse_version_without_line, client_refuse_line_without_version CASCADE;
        DELETE FROM client_history;
        DELETE FROM _sqlx_migrations WHERE version = 9";
    database.run_past_triggers(before).await;
    migrate(&database.settings()).await.unwrap();
    let store = database.store().await;
    let before = onboarded(1).client;
    let change = renamed(&before, "Ngozi");
    assert_eq!(store.commit(replacement(&before, &change)).await.unwrap(), Committed::Done);
    assert_eq!(refused(&database, &[RENAME]).await.as_deref(), Some("client_version_has_line"));
}
