//! Whether the schema is the one that this program needs.

use client_app::CheckState;
use client_app::ports::StoreError;
use sqlx::postgres::PgRow;

use crate::error::{DbError, corrupt};
use crate::migrate;
use crate::pool::{Pool, Share};
use crate::rows::columns::Columns;
use crate::settings::StartError;
use crate::sql::{SCHEMA, SCHEMA_VERSION};

/// The table in which the driver records the migrations.
const TABLE: &str = "_sqlx_migrations";

/// What is known of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schema {
    /// It has all that this program needs, and maybe more.
    Sufficient,
    /// It does not exist.
    Missing,
    /// It is at this migration, which is older than the one that is needed.
    Old(i64),
    /// The role may not read its version.
    Unknown,
    /// A copy from another store has been begun and is not finished.
    Copying,
}

impl Schema {
    /// Asks the database.
    pub(crate) async fn read(pool: &Pool) -> Result<Self, StoreError> {
        let row = row(pool, SCHEMA).await?;
        let columns = Columns { row: &row, table: TABLE };
        if !columns.get::<bool>("present")? {
            return Ok(Self::Missing);
        }
        let copying = columns.get::<bool>("copying")?;
        if !columns.get::<bool>("readable")? {
            return Ok(if copying { Self::Copying } else { Self::Unknown });
        }
        let row = self::row(pool, SCHEMA_VERSION).await?;
        let version = Columns { row: &row, table: TABLE }.get::<i64>("version")?;
        if version < migrate::needed() {
            return Ok(Self::Old(version));
        }
        Ok(if copying { Self::Copying } else { Self::Sufficient })
    }

    /// What the operator sees.
    pub(crate) fn state(self) -> CheckState {
        let needed = migrate::needed();
        match self {
            Self::Sufficient => CheckState::Ok,
            Self::Missing => CheckState::Failed(format!(
                "the schema is missing, and this program needs {needed}: run client-service migrate"
            )),
            Self::Old(version) => CheckState::Failed(format!(
                "the schema is at {version}, and this program needs {needed}: run client-service migrate"
            )),
            Self::Copying => CheckState::Failed(
                "the database holds a part of a copy from another store: run client-service copy again, which finishes it"
                    .to_owned(),
            ),
            Self::Unknown => CheckState::Warning(
                "the role may not read the table _sqlx_migrations, so that an old schema is not noticed: see the \
                 grants in docs/postgresql.md"
                    .to_owned(),
            ),
        }
    }
}

async fn row(pool: &Pool, statement: &'static str) -> Result<PgRow, StoreError> {
    let rows = pool.read(Share::KeyReads, || sqlx::query(statement)).await.map_err(DbError::of_read)?;
    rows.into_iter().next().ok_or_else(|| corrupt("a schema without an answer"))
}

/// Refuses a schema that is missing or old. An unknown version is a warning.
pub(crate) async fn check(pool: &Pool) -> Result<(), StartError> {
    let unreachable = |error: StoreError| StartError::Unreachable(error.to_string());
    match Schema::read(pool).await.map_err(unreachable)?.state() {
        CheckState::Ok => {}
        CheckState::Warning(sentence) => tracing::warn!("{sentence}"),
        CheckState::Failed(sentence) => return Err(StartError::Schema(sentence)),
    }
    Ok(())
}
