//! Where the file is, the limits of everything that waits, and the errors of the start.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the database is, and the limits of everything that waits.
///
/// ```
/// use std::time::Duration;
///
/// use adapter_sqlite::Settings;
///
/// let mut settings = Settings::at("clients-data/clients.db");
/// settings.read_timeout = Duration::from_secs(1);
/// assert_eq!(settings.path().file_name().unwrap(), "clients.db");
///
/// let parsed = Settings::parse("sqlite:///var/lib/clients/clients.db")?;
/// assert_eq!(parsed.path().to_str(), Some("/var/lib/clients/clients.db"));
/// assert!(Settings::parse("sqlite::memory:").is_err());
/// # Ok::<(), adapter_sqlite::StartError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    path: PathBuf,
    /// How many threads read by key, each with a connection of its own.
    pub readers: usize,
    /// How many threads search, each with a connection of its own, so that long searches do not delay reads by key.
    pub searchers: usize,
    /// How long a read or a search may take before it is interrupted.
    pub read_timeout: Duration,
    /// How long a caller waits for its write. After it the write is cancelled if it has not begun; otherwise its outcome
    /// is unknown.
    pub write_timeout: Duration,
    /// How large the file may become, in bytes. Writes beyond it fail as unavailable, as they do on a full disk.
    pub max_bytes: Option<u64>,
}

impl Settings {
    /// The file at this path, with limits for a service.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            readers: 3,
            searchers: 2,
            read_timeout: Duration::from_secs(4),
            write_timeout: Duration::from_secs(5),
            max_bytes: None,
        }
    }

    /// Reads an address such as `sqlite:///var/lib/clients/clients.db` or, relative to the working directory,
    /// `sqlite://clients.db`.
    ///
    /// # Errors
    ///
    /// [`StartError::Address`] where the address has another form, or [`StartError::AddressCharacter`]. Databases in memory are refused, because they are lost with the process.
    pub fn parse(url: &str) -> Result<Self, StartError> {
        let path = url.strip_prefix("sqlite://").filter(|path| !path.is_empty());
        let path = path.filter(|path| !path.contains(":memory:")).ok_or(StartError::Address)?;
        // They mean something else in an address, and are not guessed at.
        match path.chars().find(|character| matches!(character, '?' | '#' | '%')) {
            Some(character) => Err(StartError::AddressCharacter(character)),
            None => Ok(Self::at(path)),
        }
    }

    /// The file of the database. Beside it are `…-wal` and `…-shm`, which belong to it, and `….lock`.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Why a store cannot be opened, or its schema cannot be migrated.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is not that of a SQLite file.
    #[error("the address of the database is to look like sqlite:///folder/clients.db, without options")]
    Address,
    /// The address has a character that stands for something else in an address.
    #[error(
        "the address of the database is to look like sqlite:///folder/clients.db, without options, and this one has the \
         character {0}; where it belongs to the name of a folder, name that folder as it is (--data)"
    )]
    AddressCharacter(char),
    /// Another process has the file open.
    #[error(
        "another server is using the database {}: stop it first, or give this one a database of its own",
        .0.display()
    )]
    Locked(PathBuf),
    /// The file cannot be opened, or would not keep the data safe there.
    #[error("the database will not do: {0}")]
    Unfit(String),
    /// The schema is missing, or of another release.
    #[error("{0}")]
    Schema(String),
    /// A migration failed, and nothing of it was written.
    #[error("the schema cannot be brought up to date: {0}")]
    Migration(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_an_address_cannot_have_is_named() {
        for (url, character) in
            [("sqlite:///srv/p%c/x.db", '%'), ("sqlite:///srv/a#b/x.db", '#'), ("sqlite://x.db?mode=ro", '?')]
        {
            let sentence = Settings::parse(url).unwrap_err().to_string();
            assert!(sentence.contains(&format!("the character {character};")), "{sentence}");
            assert!(
                sentence.contains("sqlite:///folder/clients.db") && sentence.contains("--data"),
                "{sentence}"
            );
        }
    }
}
