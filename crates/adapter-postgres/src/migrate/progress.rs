//! Reports how far an index is that a migration builds.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};

use crate::session::{Pooling, Servers, Session};
use crate::settings::Settings;

/// The time between two reports.
const INTERVAL: Duration = Duration::from_secs(5);
const PROGRESS: &str = "SELECT p.phase,
        CASE WHEN p.blocks_total > 0 THEN 100 * p.blocks_done / p.blocks_total END AS blocks,
        CASE WHEN p.lockers_total > p.lockers_done THEN p.lockers_total - p.lockers_done END AS waits_for
    FROM pg_stat_progress_create_index p WHERE p.pid = $1";

/// Runs a migration and reports the progress of its indexes until it ends.
pub(super) async fn reported<T>(settings: &Settings, backend: i32, migrating: impl Future<Output = T>) -> T {
    let reporting = report(settings, backend);
    tokio::pin!(migrating, reporting);
    tokio::select! {
        outcome = &mut migrating => outcome,
        // Without reports the migration goes on.
        () = &mut reporting => migrating.await,
    }
}

/// Reports on a connection of its own, because the other one is busy; ends where there is none.
async fn report(settings: &Settings, backend: i32) {
    tokio::time::sleep(INTERVAL).await;
    let servers = Servers::of(settings, Some(Pooling::Session));
    let until = tokio::time::Instant::now() + servers.open_timeout;
    let Ok(Session { link: mut connection, .. }) = servers.open(until).await else { return };
    while write_line(&mut connection, backend).await.is_ok() {
        tokio::time::sleep(INTERVAL).await;
    }
    let _closed = connection.close().await;
}

async fn write_line(connection: &mut PgConnection, backend: i32) -> Result<(), sqlx::Error> {
    let Some(row) = sqlx::query(PROGRESS).bind(backend).fetch_optional(&mut *connection).await? else {
        return Ok(());
    };
    let (phase, percent): (String, Option<i64>) = (row.try_get("phase")?, row.try_get("blocks")?);
    let waits_for: Option<i64> = row.try_get("waits_for")?;
    tracing::info!(phase, percent, waits_for, "an index is being built");
    Ok(())
}
