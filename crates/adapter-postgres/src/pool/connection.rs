//! Opening, checking and closing a connection.

use std::future::Future;
use std::time::Duration;

use concurrency::idle_stack::Opened;
use sqlx::{Connection as _, PgConnection, Row as _};
use tokio::time::{Instant, timeout};

use super::metrics::{Counted, PoolGauges};
use crate::session::{Backend, OpenError, Outlook, Servers, Session};
use crate::settings::address::WantedServer;
use crate::sql::WRITABLE;

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

impl Connection {
    /// Opens a connection for a caller that waits until `deadline`.
    pub(crate) async fn open(
        servers: &Servers,
        gauges: &PoolGauges,
        deadline: Instant,
    ) -> Result<Self, OpenError> {
        let Session { link, backend, complaint, .. } = servers.open(deadline).await?;
        if let Some(complaint) = complaint {
            return Err(OpenError::new(complaint, Outlook::Never));
        }
        let now = Instant::now();
        Ok(Self { link, backend, opened: now, reset: now, _open: gauges.opened() })
    }

    /// Whether it answers in time.
    pub(crate) async fn is_alive(&mut self) -> bool {
        in_time(CHECK_TIMEOUT, self.link.ping()).await
    }

    /// Whether it answers in time and may write: a connection to a demoted server is read-only. Where the wanted server is the
    /// primary, it is one also while it takes no writes by default.
    pub(crate) async fn is_writable(&mut self, wanted: WantedServer) -> bool {
        let asked = timeout(CHECK_TIMEOUT, sqlx::query(WRITABLE).fetch_one(&mut self.link)).await;
        let column = if wanted == WantedServer::Primary { "is_primary" } else { "writable" };
        matches!(asked, Ok(Ok(row)) if row.try_get(column).unwrap_or(false))
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
