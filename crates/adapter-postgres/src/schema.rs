//! Whether the schema is the one that this program needs.

use client_app::CheckState;
use sqlx::Row as _;
use sqlx::postgres::PgPool;

use crate::migration;
use crate::settings::StartError;
use crate::statements::{SCHEMA, SCHEMA_VERSION};
use crate::trouble::Cause;

/// What was found out about the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schema {
    /// It has all that this program needs, and perhaps more.
    Sufficient,
    /// There is none.
    Missing,
    /// It is at this migration, and that is not enough.
    Old(i64),
    /// The role may not read up to where it is.
    Unknown,
}

impl Schema {
    /// Asks the database.
    pub(crate) async fn read(pool: &PgPool) -> Result<Self, sqlx::Error> {
        let row = sqlx::query(SCHEMA).fetch_one(pool).await?;
        if !row.try_get::<bool, _>("present")? {
            return Ok(Self::Missing);
        }
        if !row.try_get::<bool, _>("readable")? {
            return Ok(Self::Unknown);
        }
        let version = sqlx::query(SCHEMA_VERSION).fetch_one(pool).await?.try_get("version")?;
        Ok(if version < migration::needed() { Self::Old(version) } else { Self::Sufficient })
    }

    /// What an operator is told.
    pub(crate) fn state(self) -> CheckState {
        let needed = migration::needed();
        match self {
            Self::Sufficient => CheckState::Ok,
            Self::Missing => CheckState::Failed(format!(
                "the schema is missing, and this program needs {needed}: run client-service migrate"
            )),
            Self::Old(version) => CheckState::Failed(format!(
                "the schema is at {version}, and this program needs {needed}: run client-service migrate"
            )),
            Self::Unknown => CheckState::Warning(
                "the role may not read the table _sqlx_migrations, so that an old schema is not noticed: see the \
                 grants in docs/postgresql.md"
                    .to_owned(),
            ),
        }
    }
}

/// Refuses a schema that is missing or old; what is not known is a warning.
pub(crate) async fn check(pool: &PgPool) -> Result<(), StartError> {
    let unreachable = |error: sqlx::Error| StartError::Unreachable(Cause::of(&error).to_string());
    match Schema::read(pool).await.map_err(unreachable)?.state() {
        CheckState::Ok => {}
        CheckState::Warning(sentence) => tracing::warn!("{sentence}"),
        CheckState::Failed(sentence) => return Err(StartError::Schema(sentence)),
    }
    Ok(())
}
