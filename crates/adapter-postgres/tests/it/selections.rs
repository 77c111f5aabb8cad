//! Selections as the server sees them.

use std::time::Duration;

use adapter_postgres::PostgresStore;
use client_app::ports::{ClientStore as _, Selection};
use client_domain::search::{Order, Predicate};
use jiff::civil::date;
use sqlx::{Connection as _, Executor as _};
use tokio::time::{sleep, timeout};

use crate::database::Database;

async fn until_there_are(database: &Database, statements: usize) {
    let waiting =
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let reached = async {
        while database.run(waiting).await.unwrap().len() != statements {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(20), reached).await.unwrap();
}

/// Long before its own limit of time: nothing is sent yet, so the server does not notice by itself.
#[tokio::test]
async fn a_statement_ends_soon_after_its_reader_has_left() {
    let database = Database::fresh().await;
    let mut settings = database.settings();
    settings.lock_timeout = Duration::from_mins(5);
    let store = PostgresStore::open(&settings).await.unwrap();
    let mut other = database.connect().await;
    let mut lock = other.begin().await.unwrap();
    lock.execute("LOCK TABLE client IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let selection = Selection {
        predicate: Predicate::All(Vec::new()),
        order: Order::default(),
        today: date(2026, 1, 5),
        time_limit: Duration::from_mins(5),
    };
    let reader = tokio::spawn(async move { store.select_all(&selection).await.map(drop) });
    until_there_are(&database, 1).await;
    reader.abort();
    until_there_are(&database, 0).await;
}
