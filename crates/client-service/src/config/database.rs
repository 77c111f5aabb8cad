//! Settings of the database.

use clap::Args;
use jiff::SignedDuration;

use super::error::SettingsError;
use super::secret::Secret;
use super::value::{Switch, non_empty};

/// The database of the service.
#[derive(Args, Debug)]
pub(crate) struct DatabaseArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,

    /// Whether to migrate the schema at the start; use off for a role that does not own the schema, and run
    /// client-service migrate beforehand as its owner
    #[arg(long, env = "CLIENTS_MIGRATE", value_enum, default_value_t = Switch::On)]
    pub(crate) migrate: Switch,

    /// Connections to the database
    #[arg(long, env = "CLIENTS_DATABASE_CONNECTIONS", value_name = "NUMBER", default_value_t = 16)]
    pub(crate) database_connections: u32,

    /// Connections that searches may hold at a time; a quarter of all by default
    #[arg(long, env = "CLIENTS_DATABASE_SEARCH_CONNECTIONS", value_name = "NUMBER")]
    pub(crate) database_search_connections: Option<u32>,

    /// Days for which the outcome of an Idempotency-Key is kept, 7 to 36500
    #[arg(long, env = "CLIENTS_KEEP_OUTCOMES", value_name = "DAYS", default_value_t = 7)]
    pub(crate) keep_outcomes: u32,

    /// Days for which events are kept after their delivery, 1 to 36500
    #[arg(long, env = "CLIENTS_KEEP_DELIVERED", value_name = "DAYS", default_value_t = 7)]
    pub(crate) keep_delivered: u32,
}

impl DatabaseArgs {
    /// For how long records are kept.
    pub(crate) fn retention(&self) -> Result<Retention, SettingsError> {
        let days = |flag: &str, days: u32, min: u32| {
            if !(min..=36_500).contains(&days) {
                return Err(SettingsError(format!("{flag} must be a number of days from {min} to 36500")));
            }
            Ok(SignedDuration::from_hours(24 * i64::from(days)))
        };
        Ok(Retention {
            // A caller may repeat a request with its key for a week.
            outcomes: days("--keep-outcomes", self.keep_outcomes, 7)?,
            delivered: days("--keep-delivered", self.keep_delivered, 1)?,
        })
    }
}

/// For how long records are kept before they are deleted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    /// Outcomes of idempotency keys.
    pub(crate) outcomes: SignedDuration,
    /// Delivered events.
    pub(crate) delivered: SignedDuration,
}

/// The connection to the database, for every command that needs one.
#[derive(Args, Debug)]
pub(crate) struct ConnectionArgs {
    /// The PostgreSQL database, postgres://user@host/name; without it, serve stores clients in memory only
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,

    /// The same from a file
    #[arg(long, env = "CLIENTS_DATABASE_URL_FILE", value_name = "FILE")]
    pub(crate) database_url_file: Option<String>,

    /// For tests only: accept a server that may lose committed data (fsync off)
    #[arg(long, env = "CLIENTS_ACCEPT_DATA_LOSS", value_enum, default_value_t = Switch::Off)]
    pub(crate) accept_data_loss: Switch,
}

impl ConnectionArgs {
    /// Whether a database is configured.
    pub(crate) fn has_database(&self) -> bool {
        non_empty(self.database_url.as_deref()).or(non_empty(self.database_url_file.as_deref())).is_some()
    }

    /// The settings of the database, if one is configured.
    pub(crate) fn settings(&self) -> Result<Option<adapter_postgres::Settings>, SettingsError> {
        let secret = Secret {
            flag: "--database-url",
            value: self.database_url.as_deref(),
            file: self.database_url_file.as_deref(),
        };
        let Some(url) = secret.read()? else {
            return Ok(None);
        };
        let mut settings = adapter_postgres::Settings::parse(&url)
            .map_err(|error| SettingsError(format!("{}: {error}", secret.source())))?;
        settings.accept_data_loss = self.accept_data_loss == Switch::On;
        Ok(Some(settings))
    }
}
