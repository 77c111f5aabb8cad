//! How a store is opened.

use rusqlite::Connection;

use crate::connection::{READ_CACHE, SEARCH_CACHE};
use crate::migration::Schema;
use crate::readers::Readers;
use crate::selections::Selections;
use crate::settings::{Settings, StartError};
use crate::store::SqliteStore;
use crate::writer::Writer;
use crate::{connection, migration};

impl SqliteStore {
    /// Opens the file for this process alone, and checks that it keeps what is confirmed and that its schema is the one that
    /// this program needs; see [`migrate`](crate::migrate()).
    ///
    /// # Errors
    ///
    /// [`StartError::Locked`], [`StartError::Unfit`] or [`StartError::Schema`].
    pub async fn open(settings: &Settings) -> Result<Self, StartError> {
        let settings = settings.clone();
        let work = tokio::task::spawn_blocking(move || Self::open_now(&settings, |_| Ok(())));
        work.await.unwrap_or_else(|_| Err(StartError::Unfit("it could not be opened".to_owned())))
    }

    /// Brings the schema up to date first, as [`migrate`](crate::migrate()) does, and opens the file. Of the two after each other it
    /// would take longer after a crash: the log is read once here, and is not copied into the file before the first commit.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and [`StartError::Migration`].
    pub async fn open_migrated(settings: &Settings) -> Result<Self, StartError> {
        let settings = settings.clone();
        let migrate = |connection: &mut Connection| migration::run(connection).map(drop);
        let work = tokio::task::spawn_blocking(move || Self::open_now(&settings, migrate));
        work.await.unwrap_or_else(|_| Err(StartError::Unfit("it could not be opened".to_owned())))
    }

    /// Opens the file for reading, also while a server has it open. Every write fails as unavailable.
    ///
    /// # Errors
    ///
    /// [`StartError::Unfit`] or [`StartError::Schema`].
    pub async fn open_read_only(settings: &Settings) -> Result<Self, StartError> {
        let settings = settings.clone();
        let work = tokio::task::spawn_blocking(move || Self::open_read_only_now(&settings));
        work.await.unwrap_or_else(|_| Err(StartError::Unfit("it could not be opened".to_owned())))
    }

    fn open_read_only_now(settings: &Settings) -> Result<Self, StartError> {
        let path = settings.path();
        let connection = connection::reading_beside(path)?;
        Schema::check_readable(&connection)?;
        drop(connection);
        Ok(Self::on(
            Writer::refusing(),
            Readers::start(path, (1, READ_CACHE), settings.read_timeout)?,
            Readers::start(path, (1, SEARCH_CACHE), settings.read_timeout)?,
            Selections::new(path),
        ))
    }

    fn open_now(
        settings: &Settings,
        prepare: impl FnOnce(&mut Connection) -> Result<(), StartError>,
    ) -> Result<Self, StartError> {
        let path = settings.path();
        let (mut connection, lock) = connection::writing(path)?;
        prepare(&mut connection)?;
        Schema::check(&connection)?;
        if let Some(max_bytes) = settings.max_bytes {
            connection::limit_size(&connection, path, max_bytes)?;
        }
        Ok(Self::on(
            Writer::start(connection, lock, settings.write_timeout)?,
            Readers::start(path, (settings.readers, READ_CACHE), settings.read_timeout)?,
            Readers::start(path, (settings.searchers, SEARCH_CACHE), settings.read_timeout)?,
            Selections::new(path),
        ))
    }
}
