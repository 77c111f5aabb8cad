//! How a copy begins, or goes on.

use std::time::{Duration, Instant};

use client_app::CheckState;
use sqlx::PgConnection;

use super::source::ImportSource;
use super::target::{Import, unreachable};
use crate::error::Cause;
use crate::first_connection;
use crate::migrate::LOCK;
use crate::pool::Pool;
use crate::schema_check::Schema;
use crate::server_check;
use crate::session::Pooling;
use crate::settings::{Settings, StartError};
use crate::store::PostgresStore;

/// How long connections of a program that has just ended may still be there.
const LEAVING_TIMEOUT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

const NO_TIME_LIMITS: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";
const TRY_LOCK: &str = "SELECT pg_try_advisory_lock($1)";
const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
     AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()";

impl Import {
    /// Begins a copy of this store, or goes on with one that was interrupted. The database has the schema that this program
    /// needs, and nothing else, or a part of a copy of the store in the same state.
    ///
    /// # Errors
    ///
    /// [`StartError::Unreachable`], [`StartError::Unfit`], [`StartError::Schema`] or [`StartError::MigrationLocked`].
    pub async fn begin(settings: &Settings, source: &ImportSource) -> Result<Self, StartError> {
        let pooling = server_check::check(settings).await?;
        if pooling == Pooling::Transaction {
            return Err(StartError::Unfit(
                "a pooler lends its connections for one transaction, and a copy needs a session; give the address of the \
                 server itself"
                    .to_owned(),
            ));
        }
        let no_answer = |error: sqlx::Error| settings.unreachable(&Cause::of(&error));
        let mut connection = first_connection::connect(settings).await?.link;
        sqlx::raw_sql(NO_TIME_LIMITS).execute(&mut connection).await.map_err(no_answer)?;
        let deadline = Instant::now() + LEAVING_TIMEOUT;
        while !is_alone(&mut connection).await.map_err(no_answer)? {
            if Instant::now() >= deadline {
                let sentence = "another program of the service uses it; stop it, and copy again";
                return Err(StartError::Unfit(sentence.to_owned()));
            }
            tokio::time::sleep(PAUSE).await;
        }
        let store = PostgresStore::over(Pool::new(settings, pooling));
        let schema = store.schema_version().await.map_err(|error| unreachable(&error))?;
        let mut import = Self { connection, store };
        match (schema, schema.state()) {
            (Schema::Copying, _) => import.go_on(source).await?,
            (Schema::Sufficient, _) => import.begin_anew(source).await?,
            (_, CheckState::Failed(sentence) | CheckState::Warning(sentence)) => {
                return Err(StartError::Schema(sentence));
            }
            (_, CheckState::Ok) => {}
        }
        Ok(import)
    }
}

/// Whether no other program of the service uses the database. It keeps others from migrating or copying meanwhile.
async fn is_alone(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let others: i64 = sqlx::query_scalar(OTHERS).fetch_one(&mut *connection).await?;
    Ok(others == 0 && sqlx::query_scalar(TRY_LOCK).bind(LOCK).fetch_one(connection).await?)
}
