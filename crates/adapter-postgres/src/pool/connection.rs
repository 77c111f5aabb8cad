//! Opening, checking and closing a connection.

use std::future::Future;
use std::time::Duration;

use crate::time::Timestamp;
use concurrency::idle_stack::Opened;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, Row as _};
use tokio::time::{Instant, timeout};

use super::metrics::{Counted, PoolGauges};
use crate::settings::Settings;
use crate::sql::{BACKEND, WRITABLE};

/// How long the answer to a check may take.
const CHECK_TIMEOUT: Duration = Duration::from_millis(500);

/// An open connection.
pub(crate) struct Connection {
    pub(crate) link: PgConnection,
    /// The process at the other end.
    pub(crate) backend: Backend,
    pub(crate) opened: Instant,
    /// When an open transaction in it was last rolled back.
    pub(crate) reset: Instant,
    /// Counts it for as long as it is open.
    _open: Counted,
}

/// A process of the server: its number and its start, because numbers are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backend {
    pub(crate) pid: i32,
    pub(crate) started: Timestamp,
}

impl Connection {
    /// Opens a connection.
    pub(crate) async fn open(options: &PgConnectOptions, gauges: &PoolGauges) -> Result<Self, sqlx::Error> {
        let mut link = options.connect().await?;
        let row = sqlx::query(BACKEND).fetch_one(&mut link).await?;
        let backend = Backend { pid: row.try_get("pid")?, started: row.try_get("started")? };
        let now = Instant::now();
        Ok(Self { link, backend, opened: now, reset: now, _open: gauges.opened() })
    }

    /// Whether it answers in time.
    pub(crate) async fn is_alive(&mut self) -> bool {
        in_time(CHECK_TIMEOUT, self.link.ping()).await
    }

    /// Whether it answers in time and may write: a connection to a demoted server is read-only.
    pub(crate) async fn is_writable(&mut self) -> bool {
        let writes = sqlx::query_scalar::<_, bool>(WRITABLE).fetch_one(&mut self.link);
        matches!(timeout(CHECK_TIMEOUT, writes).await, Ok(Ok(true)))
    }

    /// Rolls back a transaction that an interrupted statement has left open, whatever the state of the driver. On a healthy
    /// connection it does nothing; otherwise the server logs a warning, which is worth an alarm.
    pub(crate) async fn reset(&mut self, limit: Duration) -> bool {
        self.reset = Instant::now();
        in_time(limit, sqlx::raw_sql("BEGIN; ROLLBACK").execute(&mut self.link)).await
    }

    /// Closes it in order, so that the log of the server has no broken connection.
    pub(crate) async fn close(self) {
        let _closed = timeout(CHECK_TIMEOUT, self.link.close()).await;
    }
}

impl Opened for Connection {
    fn opened(&self) -> Instant {
        self.opened
    }
}

async fn in_time<T>(limit: Duration, answer: impl Future<Output = Result<T, sqlx::Error>>) -> bool {
    matches!(timeout(limit, answer).await, Ok(Ok(_)))
}

/// The settings of every connection.
pub(crate) fn connect_options(settings: &Settings) -> PgConnectOptions {
    let milliseconds = |limit: Duration| limit.as_millis().max(1).to_string();
    settings.connect.clone().options([
        ("statement_timeout", milliseconds(settings.statement_timeout)),
        ("lock_timeout", milliseconds(settings.lock_timeout)),
        ("idle_in_transaction_session_timeout", milliseconds(settings.idle_in_transaction_timeout)),
        ("synchronous_commit", "on".to_owned()),
        ("default_transaction_isolation", "read committed".to_owned()),
        ("jit", "off".to_owned()),
    ])
}
