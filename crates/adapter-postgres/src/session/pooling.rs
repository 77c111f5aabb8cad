//! Whether a pooler stands between this program and the server that lends its connections for one transaction at a time.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection, Row as _};

use super::connecting::connect;
use super::open_error::{OpenError, Outlook};
use crate::error::Cause;

/// How long a connection leads to the same session of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pooling {
    /// For as long as it is open: there is no pooler, or it pools sessions.
    Session,
    /// For one transaction.
    Transaction,
}

/// How often the processes are compared.
const SAMPLES: usize = 3;
const PROCESS: &str =
    "SELECT pid::text || ' ' || backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()";
/// A statement that is prepared by two connections.
const PREPARED: &str = "SELECT 1";
/// What a server says of a statement that another connection has prepared, or has not.
const FOREIGN_STATEMENT: [&str; 2] = ["42P05", "26000"];
const NO_PREPARED_STATEMENTS: &str = "the pooler lends its connections for one transaction and does not keep prepared \
    statements, as PgBouncer before 1.21 and every one with max_prepared_statements = 0; use PgBouncer 1.21 or later with \
    max_prepared_statements = 200, or pool sessions (pool_mode = session)";

impl Pooling {
    /// Finds it out with a second connection beside `first`. Nothing is set in the session at the other end, which may be
    /// lent to another program next.
    ///
    /// Two connections that are open at the same time and lead to one process, or one connection that leads to two, are
    /// pooled by transaction. A pooler lends the connection that was given back last, or each in its turn.
    pub(super) async fn find_out(
        server: &PgConnectOptions,
        first: &mut PgConnection,
    ) -> Result<Self, OpenError> {
        let mut second = connect(server).await?;
        let a = process(first).await?;
        let b = process(&mut second).await?;
        let mut is_pooled = a == b;
        // Once may be by chance: a pooler lends the same connection again while no other client asks for one.
        for _ in 0..SAMPLES {
            let again = [process(&mut second).await?, process(first).await?, process(first).await?];
            is_pooled = is_pooled || again.iter().ne([&b, &a, &a]);
        }
        if !is_pooled {
            let _closed = second.close().await;
            return Ok(Self::Session);
        }
        prepare(first).await?;
        prepare(&mut second).await?;
        prepare(first).await?;
        let _closed = second.close().await;
        Ok(Self::Transaction)
    }
}

/// The process of the server and its start, asked without a prepared statement: two servers may have a process of one number.
async fn process(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    sqlx::raw_sql(PROCESS).fetch_one(connection).await?.try_get(0)
}

/// Runs a prepared statement.
async fn prepare(connection: &mut PgConnection) -> Result<(), OpenError> {
    sqlx::query(PREPARED).execute(connection).await.map_err(explained).map(|_| ())
}

/// What an error means that a pooler may have caused, which lends a connection with the statements of another.
pub(super) fn explained(error: sqlx::Error) -> OpenError {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    if code.is_some_and(|code| FOREIGN_STATEMENT.contains(&&*code)) {
        return OpenError::new(Cause::new(NO_PREPARED_STATEMENTS), Outlook::Never);
    }
    error.into()
}
