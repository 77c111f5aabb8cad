//! Settings of standbys: those that answer queries beside the primary, and a standby that a whole instance reads.

use std::time::Duration;

use adapter_postgres::PostgresReplicas;
use clap::Args;

use super::database::DatabaseArgs;
use super::duration::duration;
use super::error::SettingsError;
use super::secret::Secret;
use super::storage_location::StorageLocation;
use super::value::{Switch, non_empty};

#[derive(Args, Clone, Debug)]
pub(crate) struct ReplicaArgs {
    /// A streaming standby of the database that answers queries, postgres://user@host/name; several by several flags, or with
    /// spaces between them. Each leads to one server
    #[arg(
        long,
        env = "CLIENTS_REPLICA_URL",
        value_name = "URL",
        hide_env_values = true,
        value_delimiter = ' '
    )]
    pub(crate) replica_url: Vec<String>,

    /// The same from a file, with an address in each line
    #[arg(long, env = "CLIENTS_REPLICA_URL_FILE", value_name = "FILE")]
    pub(crate) replica_url_file: Option<String>,

    /// How far a replica may be behind and still answer, from 1s to 4m
    #[arg(long, env = "CLIENTS_REPLICA_STALENESS", value_name = "DURATION", default_value = "5s")]
    pub(crate) replica_staleness: String,

    /// For an instance on a standby: answer queries and refuse commands; no migration, no delivery of events, no jobs that write
    #[arg(long, env = "CLIENTS_READ_ONLY", value_enum, default_value_t = Switch::Off, default_missing_value = "on",
        num_args = 0..=1, require_equals = true)]
    pub(crate) read_only: Switch,
}

/// Where a service reads besides its database.
#[derive(Debug)]
pub(crate) struct ReplicaSettings {
    /// The standbys that answer queries.
    pub(crate) servers: Vec<adapter_postgres::Settings>,
    /// How far they may be behind.
    pub(crate) staleness: Duration,
    /// Whether the database is a standby itself.
    pub(crate) read_only: bool,
}

impl ReplicaArgs {
    /// How far a replica may be behind.
    pub(crate) fn staleness(&self) -> Result<Duration, SettingsError> {
        let staleness = duration("--replica-staleness", &self.replica_staleness)?;
        if staleness > PostgresReplicas::MAX_STALENESS {
            let sentence =
                "--replica-staleness must be 4m or less: positions of the primary are kept for so long";
            return Err(SettingsError(sentence.to_owned()));
        }
        Ok(staleness)
    }

    /// The settings for clients at this location.
    pub(crate) fn settings(
        &self,
        database: &DatabaseArgs,
        location: &StorageLocation,
    ) -> Result<ReplicaSettings, SettingsError> {
        let refused = |sentence: &str| Err(SettingsError(sentence.to_owned()));
        let staleness = self.staleness()?;
        let value = self.replica_url.join(" ");
        let secret =
            Secret { flag: "--replica-url", value: Some(&value), file: self.replica_url_file.as_deref() };
        let addresses = secret.read()?.unwrap_or_default();
        let read_only = self.read_only == Switch::On;
        let StorageLocation::Postgres(_) = location else {
            if read_only {
                return refused(
                    "--read-only is for an instance on a standby of PostgreSQL; name it with --database-url",
                );
            }
            return match non_empty(Some(&addresses)) {
                Some(_) => refused(
                    "--replica-url names standbys of a PostgreSQL database, so it needs --database-url with its address",
                ),
                None => Ok(ReplicaSettings { servers: Vec::new(), staleness, read_only }),
            };
        };
        if read_only && non_empty(Some(&addresses)).is_some() {
            return refused(
                "--read-only reads the standby of --database-url alone, so it cannot be given together with \
                 --replica-url; remove one of them",
            );
        }
        if read_only && database.storage.require_synchronous_standby == Switch::On {
            return refused(
                "--read-only commits nothing, so it cannot be given together with --require-synchronous-standby; remove one of \
                 them",
            );
        }
        let server = |address: &str| match database.storage.of_address(address, &secret.source())? {
            StorageLocation::Postgres(settings) => Ok(*settings),
            StorageLocation::Folder(_) | StorageLocation::Memory => Err(SettingsError(format!(
                "{}: a replica is a PostgreSQL server, and its address begins with postgres://",
                secret.source()
            ))),
        };
        let servers = addresses.split_whitespace().map(server).collect::<Result<_, _>>()?;
        Ok(ReplicaSettings { servers, staleness, read_only })
    }
}
