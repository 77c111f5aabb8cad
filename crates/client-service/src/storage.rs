//! Where clients are kept: in memory, or in PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use adapter_inmem::MemoryStore;
use adapter_postgres::PostgresStore;
use client_app::ports::{ClientStore, Clock as _};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::Stop;
use crate::cli::{DatabaseArgs, Switch};
use crate::settings::{self, SettingsError};
use crate::system::SystemClock;

/// How often old outcomes are looked for.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// How many are forgotten in one statement, so that none takes long.
const SWEEP_AT_ONCE: usize = 500;

/// An open store.
pub(crate) enum Storage {
    /// Gone when the service stops.
    Memory(MemoryStore),
    /// There when it starts again.
    Postgres(PostgresStore),
}

impl Storage {
    /// Opens what the command line names.
    pub(crate) async fn open(arguments: &DatabaseArgs) -> Result<Self, Stop> {
        let Some(mut database) = settings::database(&arguments.place)? else {
            tracing::warn!("clients are kept in memory and gone when the service stops");
            return Ok(Self::Memory(MemoryStore::new()));
        };
        if !(1..=1_000).contains(&arguments.database_connections) {
            return Err(
                SettingsError("--database-connections must be a number from 1 to 1000".to_owned()).into()
            );
        }
        database.max_connections = arguments.database_connections;
        if database.accept_data_loss {
            tracing::warn!(
                "THE DATABASE MAY LOSE WHAT IT HAS CONFIRMED, and --accept-data-loss lets it: for tests only"
            );
        }
        let wrong = |error| Stop::Failed(format!("--database-url: {error}"));
        if arguments.migrate == Switch::On {
            adapter_postgres::migrate(&database).await.map_err(wrong)?;
        }
        Ok(Self::Postgres(PostgresStore::open(&database).await.map_err(wrong)?))
    }

    /// The port.
    pub(crate) fn clients(&self) -> Arc<dyn ClientStore> {
        match self {
            Self::Memory(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// Forgets the outcomes of idempotency keys that are older than `days`, until `stop`. Memory keeps them all.
    pub(crate) fn sweep(&self, days: u32, stop: &CancellationToken) {
        let Self::Postgres(store) = self else { return };
        let (store, stop) = (store.clone(), stop.clone());
        tokio::spawn(async move {
            let rounds = async {
                loop {
                    tokio::time::sleep(SWEEP_EVERY).await;
                    forget(&store, days).await;
                }
            };
            stop.run_until_cancelled(rounds).await;
        });
    }

    /// Closes what was opened.
    pub(crate) async fn close(self) {
        if let Self::Postgres(store) = self {
            store.close().await;
        }
    }
}

async fn forget(store: &PostgresStore, days: u32) {
    let before = SystemClock.now() - SignedDuration::from_hours(24 * i64::from(days));
    loop {
        match store.forget_outcomes(before, SWEEP_AT_ONCE).await {
            Ok(forgotten) if forgotten < SWEEP_AT_ONCE as u64 => return,
            Ok(_) => {}
            // The next round tries again.
            Err(error) => return tracing::warn!(%error, "old outcomes were not forgotten"),
        }
    }
}
