//! Where the clients are: in a folder of this machine, in PostgreSQL, or in memory only.

use std::path::Path;
use std::time::Duration;

use clap::Args;

use super::data_folder::DataFolder;
use super::duration::duration_or_zero;
use super::error::SettingsError;
use super::secret::Secret;
use super::value::{Switch, non_empty};

/// The location of the clients, for every command that needs them.
#[derive(Args, Clone, Debug)]
pub(crate) struct StorageArgs {
    /// The folder of this machine that holds the clients, the files of documents and the development key; clients-data in the
    /// working directory by default, which serve makes
    #[arg(long, env = "CLIENTS_DATA", value_name = "FOLDER")]
    pub(crate) data: Option<String>,

    /// Whether to keep clients in memory only: they are lost when the program stops
    #[arg(long, env = "CLIENTS_IN_MEMORY", value_enum, default_value_t = Switch::Off, default_missing_value = "on",
        default_value_if("test_controls", "on", "on"), num_args = 0..=1, require_equals = true)]
    pub(crate) in_memory: Switch,

    /// A PostgreSQL database, postgres://user@host/name or postgres://user@host1,host2/name, or a SQLite file in a folder of its
    /// own, sqlite:///folder/clients.db
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,

    /// The same from a file
    #[arg(long, env = "CLIENTS_DATABASE_URL_FILE", value_name = "FILE")]
    pub(crate) database_url_file: Option<String>,

    /// How long a start waits for a PostgreSQL server that is not up yet, such as 30s; 0s for not at all
    #[arg(long, env = "CLIENTS_DATABASE_WAIT", value_name = "DURATION", default_value = "30s")]
    pub(crate) database_wait: String,

    /// Whether PostgreSQL must have a synchronous standby (synchronous_standby_names): without one the start is refused, and
    /// the service is not ready
    #[arg(long, env = "CLIENTS_REQUIRE_SYNCHRONOUS_STANDBY", value_enum, default_value_t = Switch::Off)]
    pub(crate) require_synchronous_standby: Switch,

    /// For tests only: accept a server that may lose committed data (fsync off)
    #[arg(long, env = "CLIENTS_ACCEPT_DATA_LOSS", value_enum, default_value_t = Switch::Off)]
    pub(crate) accept_data_loss: Switch,
}

/// Where the clients are.
#[derive(Clone, Debug)]
pub(crate) enum StorageLocation {
    /// They are lost when the program stops.
    Memory,
    /// In a SQLite file in this folder.
    Folder(DataFolder),
    /// In a PostgreSQL database.
    Postgres(Box<adapter_postgres::Settings>),
}

impl StorageArgs {
    /// The location that the settings name. Settings that name two are refused.
    pub(crate) fn storage_location(&self) -> Result<StorageLocation, SettingsError> {
        let mut location = self.named_location()?;
        if self.require_synchronous_standby == Switch::On {
            let StorageLocation::Postgres(settings) = &mut location else {
                return Err(SettingsError(NEEDS_POSTGRES.to_owned()));
            };
            settings.require_synchronous_standby = true;
        }
        Ok(location)
    }

    /// How long a start waits for a PostgreSQL server.
    pub(crate) fn wait(&self) -> Result<Duration, SettingsError> {
        duration_or_zero("--database-wait", &self.database_wait)
    }

    fn named_location(&self) -> Result<StorageLocation, SettingsError> {
        let wait = self.wait()?;
        let secret = Secret {
            flag: "--database-url",
            value: self.database_url.as_deref(),
            file: self.database_url_file.as_deref(),
        };
        let (folder, url) = (non_empty(self.data.as_deref()), secret.read()?);
        let refused = |sentence: &str| Err(SettingsError(sentence.to_owned()));
        match (self.in_memory, folder, url) {
            (Switch::On, None, None) => Ok(StorageLocation::Memory),
            (Switch::On, Some(_), _) => refused(
                "--in-memory keeps no data, so it cannot be given together with --data; remove one of them",
            ),
            (Switch::On, None, Some(_)) => refused(
                "--in-memory keeps no data, so it cannot be given together with --database-url; remove one of them",
            ),
            (Switch::Off, Some(_), Some(_)) => {
                refused("--data and --database-url both say where the clients are; remove one of them")
            }
            (Switch::Off, Some(folder), None) => {
                Ok(StorageLocation::Folder(DataFolder::named(Path::new(folder))))
            }
            (Switch::Off, None, None) => Ok(StorageLocation::Folder(DataFolder::by_default())),
            (Switch::Off, None, Some(url)) => {
                Self::of_url(&url, &secret.source(), self.accept_data_loss, wait)
            }
        }
    }

    /// The location of the address of another server for the same clients.
    pub(crate) fn of_address(&self, url: &str, source: &str) -> Result<StorageLocation, SettingsError> {
        Self::of_url(url, source, self.accept_data_loss, self.wait()?)
    }

    /// The location of an address. The error does not repeat the address, which may hold a password.
    pub(crate) fn of_url(
        url: &str,
        source: &str,
        accept_data_loss: Switch,
        wait: Duration,
    ) -> Result<StorageLocation, SettingsError> {
        let wrong = |problem: String| SettingsError(format!("{source}: {problem}"));
        if url.starts_with("sqlite:") {
            let file = adapter_sqlite::Settings::parse(url).map_err(|error| wrong(error.to_string()))?;
            return Ok(StorageLocation::Folder(DataFolder::of_file(file.path())));
        }
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(wrong(
                "the address must begin with postgres:// for PostgreSQL, or with sqlite:// for a SQLite file"
                    .to_owned(),
            ));
        }
        let mut settings =
            adapter_postgres::Settings::parse(url).map_err(|error| wrong(error.to_string()))?;
        settings.accept_data_loss = accept_data_loss == Switch::On;
        settings.start_timeout = wait;
        Ok(StorageLocation::Postgres(Box::new(settings)))
    }
}

/// The refusal of a command for which there must be clients that outlive a program.
pub(crate) fn nothing_is_kept() -> SettingsError {
    SettingsError(
        "this command needs clients that outlive the program, and --in-memory keeps none: give --data, --database-url or \
         DATABASE_URL"
            .to_owned(),
    )
}

const NEEDS_POSTGRES: &str = "--database-url: --require-synchronous-standby is about a PostgreSQL server; name one, or remove \
    --require-synchronous-standby";

#[cfg(test)]
mod tests {
    use super::*;

    fn storage_location(data: &str, in_memory: Switch, url: &str) -> Result<StorageLocation, SettingsError> {
        let (data, database_url) = (Some(data.to_owned()), Some(url.to_owned()));
        let accept_data_loss = Switch::Off;
        StorageArgs {
            data,
            in_memory,
            database_url,
            database_url_file: None,
            database_wait: "0s".to_owned(),
            require_synchronous_standby: Switch::Off,
            accept_data_loss,
        }
        .storage_location()
    }

    #[test]
    fn a_standby_is_required_of_postgresql_alone() {
        let location = |url: &str| {
            let storage = StorageArgs {
                data: None,
                in_memory: Switch::Off,
                database_url: Some(url.to_owned()),
                database_url_file: None,
                database_wait: "0s".to_owned(),
                require_synchronous_standby: Switch::On,
                accept_data_loss: Switch::Off,
            };
            storage.storage_location()
        };
        let Ok(StorageLocation::Postgres(settings)) = location("postgres://localhost/clients") else {
            panic!()
        };
        assert!(settings.require_synchronous_standby);
        for url in ["", "sqlite://bank.db"] {
            let error = location(url).unwrap_err().to_string();
            assert!(error.starts_with("--database-url: --require-synchronous-standby"), "{error}");
        }
    }

    #[test]
    fn one_place_is_accepted_and_two_are_refused() {
        let postgres = "postgres://localhost/clients";
        assert!(matches!(storage_location("", Switch::On, " "), Ok(StorageLocation::Memory)));
        assert!(matches!(storage_location("", Switch::Off, postgres), Ok(StorageLocation::Postgres(_))));
        for (data, url, database) in [
            ("", "", "clients-data/clients.db"),
            ("/srv/bank", "", "/srv/bank/clients.db"),
            ("", "sqlite:///srv/bank/bank.db", "/srv/bank/bank.db"),
            ("", "sqlite://bank.db", "./bank.db"),
        ] {
            let Ok(StorageLocation::Folder(folder)) = storage_location(data, Switch::Off, url) else {
                panic!("{data} {url}")
            };
            assert_eq!(folder.database(), Path::new(database));
        }
        for (data, in_memory, url) in [
            ("d", Switch::On, ""),
            ("", Switch::On, postgres),
            ("", Switch::On, "sqlite://bank.db"),
            ("d", Switch::Off, postgres),
            ("d", Switch::Off, "sqlite://bank.db"),
            ("d", Switch::On, postgres),
        ] {
            let error = storage_location(data, in_memory, url).unwrap_err().to_string();
            assert!(error.ends_with("remove one of them"), "{error}");
        }
    }

    #[test]
    fn an_address_of_another_kind_is_refused_without_its_text() {
        for url in ["mysql://me:pass@host/x", "pass", "sqlite3://pass", "file:pass", "/srv/pass.db"] {
            let error = storage_location("", Switch::Off, url).unwrap_err().to_string();
            assert!(error.contains("postgres://") && error.contains("sqlite://"), "{error}");
            assert!(!error.contains("pass"), "{error}");
        }
        for url in
            ["sqlite::memory:", "sqlite://:memory:", "sqlite://", "sqlite:x.db", "sqlite://a.db?mode=ro"]
        {
            let error = storage_location("", Switch::Off, url).unwrap_err().to_string();
            assert!(error.contains("sqlite:///folder/clients.db"), "{error}");
        }
    }
}
