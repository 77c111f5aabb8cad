//! Bringing the schema up to date, for whoever does not want the service to do it at its start.

use tokio::runtime::Runtime;

use crate::cli::{DatabasePlace, LogFormat};
use crate::settings::{self, SettingsError};
use crate::{Stop, telemetry};

/// Migrates and ends.
pub(crate) fn run(place: &DatabasePlace) -> Result<(), Stop> {
    let database = settings::database(place)?;
    let database = database.ok_or_else(|| {
        SettingsError(
            "there is no database to bring up to date: give --database-url or DATABASE_URL".to_owned(),
        )
    })?;
    telemetry::start(LogFormat::Text)?;
    let runtime = Runtime::new().map_err(|error| Stop::Failed(format!("no threads to run on: {error}")))?;
    let migrated = runtime.block_on(adapter_postgres::migrate(&database));
    migrated.map_err(|error| Stop::Failed(format!("--database-url: {error}")))?;
    tracing::info!("the schema is up to date");
    Ok(())
}
