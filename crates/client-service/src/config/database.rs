//! Settings of the database.

use std::path::PathBuf;

use clap::Args;
use jiff::SignedDuration;

use super::error::SettingsError;
use super::storage_location::{StorageArgs, StorageLocation};
use super::value::{Switch, non_empty};

/// The storage of the service: the location of the clients, and how it is used.
#[derive(Args, Clone, Debug)]
pub(crate) struct DatabaseArgs {
    #[command(flatten)]
    pub(crate) storage: StorageArgs,

    /// Whether to migrate the schema at the start; use off for a role that does not own the schema, and run
    /// client-service migrate beforehand as its owner
    #[arg(long, env = "CLIENTS_MIGRATE", value_enum, default_value_t = Switch::On)]
    pub(crate) migrate: Switch,

    /// Connections to PostgreSQL
    #[arg(long, env = "CLIENTS_DATABASE_CONNECTIONS", value_name = "NUMBER", default_value_t = 16)]
    pub(crate) database_connections: u32,

    /// Connections that searches may hold at a time; a quarter of all by default
    #[arg(long, env = "CLIENTS_DATABASE_SEARCH_CONNECTIONS", value_name = "NUMBER")]
    pub(crate) database_search_connections: Option<u32>,

    /// The file that keeps the latest commits that PostgreSQL has confirmed, so that a database without them is noticed; with
    /// the files of --documents by default
    #[arg(long, env = "CLIENTS_CONFIRMED_COMMITS", value_name = "FILE")]
    pub(crate) confirmed_commits: Option<String>,

    /// Whether to accept a database that lacks confirmed commits, after an old one was restored on purpose; for one start
    #[arg(long, env = "CLIENTS_ACCEPT_OLDER_DATABASE", value_enum, default_value_t = Switch::Off)]
    pub(crate) accept_older_database: Switch,

    /// Days for which the outcome of an Idempotency-Key is kept, 7 to 36500
    #[arg(long, env = "CLIENTS_KEEP_OUTCOMES", value_name = "DAYS", default_value_t = 7)]
    pub(crate) keep_outcomes: u32,

    /// Days for which events are kept after their delivery, 1 to 36500
    #[arg(long, env = "CLIENTS_KEEP_DELIVERED", value_name = "DAYS", default_value_t = 7)]
    pub(crate) keep_delivered: u32,

    /// Days for which batches are kept with their rows after their end, 1 to 36500
    #[arg(long, env = "CLIENTS_KEEP_BATCHES", value_name = "DAYS", default_value_t = 30)]
    pub(crate) keep_batches: u32,
}

impl DatabaseArgs {
    /// The connections to PostgreSQL, and how many of them searches may hold; without the second number a quarter.
    pub(crate) fn connections(&self) -> Result<(u32, Option<u32>), SettingsError> {
        let all = self.database_connections;
        if !(1..=1_000).contains(&all) {
            return Err(SettingsError("--database-connections must be a number from 1 to 1000".to_owned()));
        }
        let searches = self.database_search_connections;
        if searches.is_some_and(|searches| searches == 0 || searches.saturating_add(2) > all) {
            let sentence = "--database-search-connections must be 1 or more, and leave two of --database-connections for \
                other work";
            return Err(SettingsError(sentence.to_owned()));
        }
        Ok((all, searches))
    }

    /// The file of the latest confirmed commits, if they have one of their own.
    pub(crate) fn confirmed_commits(
        &self,
        location: &StorageLocation,
    ) -> Result<Option<PathBuf>, SettingsError> {
        let file = non_empty(self.confirmed_commits.as_deref());
        if file.is_some() && !matches!(location, StorageLocation::Postgres(_)) {
            let sentence = "--database-url: --confirmed-commits is about a PostgreSQL server; name one, or remove \
                --confirmed-commits";
            return Err(SettingsError(sentence.to_owned()));
        }
        Ok(file.map(PathBuf::from))
    }

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
            batches: days("--keep-batches", self.keep_batches, 1)?,
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
    /// Batches that have ended.
    pub(crate) batches: SignedDuration,
}
