//! `client-service migrate`: migrates the schema, where the service itself does not.

use crate::config::database::ConnectionArgs;
use crate::config::error::SettingsError;
use crate::config::log::LogFormat;
use crate::exit::ExitError;
use crate::{runtime, telemetry};

/// Migrates the schema.
pub(crate) fn run(connection: &ConnectionArgs) -> Result<(), ExitError> {
    let database = connection.settings()?.ok_or_else(|| {
        SettingsError("there is no database to migrate: give --database-url or DATABASE_URL".to_owned())
    })?;
    telemetry::start(LogFormat::Text)?;
    let migrated = runtime::start()?.block_on(adapter_postgres::migrate(&database));
    migrated.map_err(|error| ExitError::Failed(format!("--database-url: {error}")))?;
    tracing::info!("the schema is up to date");
    Ok(())
}
