use std::future::Future;
use std::time::Duration;

use jiff_sqlx::Timestamp;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, Row as _};
use tokio::time::{Instant, timeout};

use crate::settings::Settings;
use crate::statements::{BACKEND, WRITES};

/// How long a connection may take to show that it is alive.
const SIGN_OF_LIFE: Duration = Duration::from_millis(500);

/// An open connection.
pub(crate) struct Connection {
    pub(crate) link: PgConnection,
    /// The process at the other end.
    pub(crate) backend: Backend,
    pub(crate) opened: Instant,
    /// When it was last made sure that no transaction is open in it.
    pub(crate) reset: Instant,
}

/// A process of the server: its number, and since when, because numbers are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backend {
    pub(crate) pid: i32,
    pub(crate) started: Timestamp,
}

impl Connection {
    /// Opens a connection.
    pub(crate) async fn open(options: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        let mut link = options.connect().await?;
        let row = sqlx::query(BACKEND).fetch_one(&mut link).await?;
        let backend = Backend { pid: row.try_get("pid")?, started: row.try_get("started")? };
        let now = Instant::now();
        Ok(Self { link, backend, opened: now, reset: now })
    }

    /// Whether it answers, and in time.
    pub(crate) async fn is_alive(&mut self) -> bool {
        in_time(SIGN_OF_LIFE, self.link.ping()).await
    }

    /// Whether it answers in time, and lets its session write: that of a server which was demoted only reads.
    pub(crate) async fn writes(&mut self) -> bool {
        let writes = sqlx::query_scalar::<_, bool>(WRITES).fetch_one(&mut self.link);
        matches!(timeout(SIGN_OF_LIFE, writes).await, Ok(Ok(true)))
    }

    /// Ends a transaction that a statement without an end has left open, whatever the driver thinks of it. In a healthy
    /// session it does nothing; in the other the server warns, which is worth an alarm.
    pub(crate) async fn reset(&mut self, patience: Duration) -> bool {
        self.reset = Instant::now();
        in_time(patience, sqlx::raw_sql("BEGIN; ROLLBACK").execute(&mut self.link)).await
    }

    /// Says good-bye, so that the server's log has no broken connection.
    pub(crate) async fn close(self) {
        let _closed = timeout(SIGN_OF_LIFE, self.link.close()).await;
    }
}

async fn in_time<T>(patience: Duration, sign: impl Future<Output = Result<T, sqlx::Error>>) -> bool {
    matches!(timeout(patience, sign).await, Ok(Ok(_)))
}

/// What every session is told before its first statement.
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
