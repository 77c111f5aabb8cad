//! The address of the database, the limits of everything that waits, and the errors of the start.

pub(crate) mod address;
mod tls_files;

use std::fmt;
use std::time::Duration;

use self::address::{Address, WantedServer};
use crate::error::Cause;

/// Where the database is, and the limits of everything that waits.
///
/// ```
/// use std::time::Duration;
///
/// use adapter_postgres::Settings;
///
/// let mut settings = Settings::parse("postgres://clients:secret@localhost/clients")?;
/// settings.acquire_timeout = Duration::from_secs(1);
/// assert!(!format!("{settings:?}").contains("secret"));
/// assert!(Settings::parse("mysql://localhost").is_err());
/// # Ok::<(), adapter_postgres::StartError>(())
/// ```
#[derive(Clone)]
pub struct Settings {
    pub(crate) address: Address,
    /// The maximum number of connections. More than about four for each core of the database do not help.
    pub max_connections: u32,
    /// How many of them commands may hold at a time; half of them by default.
    pub command_connections: Option<u32>,
    /// How many of them searches may hold at a time; a quarter by default. The rest is for reads by key, contents and
    /// background jobs.
    pub search_connections: Option<u32>,
    /// How long a caller waits for a connection before its call fails as unavailable.
    pub acquire_timeout: Duration,
    /// How long a statement may take. A dropped future does not end its statement; only this limit does.
    pub statement_timeout: Duration,
    /// How long a statement may wait for a lock.
    pub lock_timeout: Duration,
    /// How long a transaction may be open and idle.
    pub idle_in_transaction_timeout: Duration,
    /// How long a connection is used before it is replaced.
    pub max_lifetime: Duration,
    /// How long a connection may be idle before it is closed.
    pub idle_timeout: Duration,
    /// How long a connection may be idle and still be used without a check.
    pub trusted_idle: Duration,
    /// How long a start waits for a server that is not up yet; not at all by default.
    pub start_timeout: Duration,
    /// How long an instance waits for another one that migrates the schema.
    pub migration_timeout: Duration,
    /// Among how many of the newest clients words and parts of texts are looked for first; 0 looks among all at once. A page that
    /// is full there needs no other client.
    pub newest_clients: u32,
    /// Whether to accept a server that may lose what it has confirmed (`fsync` or `full_page_writes` off). For tests
    /// that throw their data away.
    pub accept_data_loss: bool,
    /// The number of a replica, for the metrics of its connections.
    pub(crate) replica: Option<usize>,
    /// Whether to refuse a server that confirms commits alone, with an empty `synchronous_standby_names`. A standby that is
    /// named and away is no reason to refuse: nothing is confirmed then, so nothing can be lost.
    pub require_synchronous_standby: bool,
}

impl Settings {
    /// Reads a `postgres://` address and sets limits for a service. The address may name several servers, as libpq has it:
    /// they are tried in their order whenever a connection is opened, and by default the one that takes writes is used.
    ///
    /// ```
    /// use adapter_postgres::Settings;
    ///
    /// Settings::parse("postgres://clients@db1:5432,db2:5433/clients?target_session_attrs=primary")?;
    /// let error = Settings::parse("postgres://clients@db1/clients?connect_timeout=5").unwrap_err();
    /// assert!(error.to_string().contains("an unknown parameter connect_timeout"));
    /// # Ok::<(), adapter_postgres::StartError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`StartError::Address`] where the address has another form, a parameter that is not known, or one that names a file which
    /// cannot be used.
    pub fn parse(url: &str) -> Result<Self, StartError> {
        Ok(Self {
            address: Address::parse(url).map_err(StartError::Address)?,
            max_connections: 16,
            command_connections: None,
            search_connections: None,
            acquire_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(4),
            lock_timeout: Duration::from_secs(2),
            idle_in_transaction_timeout: Duration::from_secs(5),
            max_lifetime: Duration::from_mins(15),
            idle_timeout: Duration::from_mins(1),
            trusted_idle: Duration::from_secs(5),
            start_timeout: Duration::ZERO,
            migration_timeout: Duration::from_mins(1),
            newest_clients: 250_000,
            accept_data_loss: false,
            replica: None,
            require_synchronous_standby: false,
        })
    }
}

impl Settings {
    /// The same for reading alone: of several servers the first that answers, unless the address says
    /// `target_session_attrs` itself.
    ///
    /// ```
    /// use adapter_postgres::Settings;
    ///
    /// let settings = Settings::parse("postgres://clients@db1,db2/clients")?;
    /// assert!(format!("{settings:?}").contains("ReadWrite"));
    /// assert!(format!("{:?}", settings.for_reading()).contains("Any"));
    /// let settings = Settings::parse("postgres://clients@db1,db2/clients?target_session_attrs=standby")?;
    /// assert!(format!("{:?}", settings.for_reading()).contains("Standby"));
    /// # Ok::<(), adapter_postgres::StartError>(())
    /// ```
    #[must_use]
    pub fn for_reading(mut self) -> Self {
        if !self.address.says_wanted {
            self.address.wanted = WantedServer::Any;
        }
        self
    }

    /// How many connections commands, reads by key and searches may hold at a time, each at least one.
    ///
    /// They add up to [`max_connections`](Self::max_connections), so that none of them waits for another; of fewer than
    /// three connections each may use any.
    ///
    /// ```
    /// use adapter_postgres::Settings;
    ///
    /// let mut settings = Settings::parse("postgres://localhost/clients")?;
    /// assert_eq!(settings.shares(), (8, 4, 4));
    /// settings.search_connections = Some(6);
    /// assert_eq!(settings.shares(), (8, 2, 6));
    /// # Ok::<(), adapter_postgres::StartError>(())
    /// ```
    pub fn shares(&self) -> (u32, u32, u32) {
        let connections = self.max_connections.max(1);
        let left = connections.saturating_sub(2).max(1);
        let quarter = (connections / 4).max(1);
        let searches = self.search_connections.unwrap_or(quarter).clamp(1, left);
        let left = connections.saturating_sub(searches + 1).max(1);
        let commands = self.command_connections.unwrap_or_else(|| connections.saturating_sub(2 * quarter));
        let commands = commands.clamp(1, left);
        (commands, connections.saturating_sub(commands + searches).max(1), searches)
    }
}

impl Settings {
    /// Why the database cannot be reached, and its address.
    pub(crate) fn unreachable(&self, cause: &Cause) -> StartError {
        StartError::Unreachable(format!("{}: {cause}", self.address.places()))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("servers", &self.address.places())
            .field("wanted", &self.address.wanted)
            .field("database", &self.address.servers.first().and_then(|server| server.get_database()))
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .field("lock_timeout", &self.lock_timeout)
            .field("accept_data_loss", &self.accept_data_loss)
            .finish_non_exhaustive()
    }
}

/// Why a store cannot be opened, or its schema cannot be migrated.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is not that of a PostgreSQL server.
    #[error("the address of the database {0}")]
    Address(String),
    /// The server does not answer, or refuses the connection.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The server would not keep the data safe.
    #[error("the database will not do: {0}")]
    Unfit(String),
    /// The schema is missing, or older than the one that this program needs.
    #[error("{0}")]
    Schema(String),
    /// Another instance has held the lock of the migrations for too long.
    #[error("the lock of the migrations is not released: {0}")]
    MigrationLocked(String),
    /// A migration failed, or the schema has migrations of another program.
    #[error("the schema cannot be brought up to date: {0}")]
    Migration(String),
}
