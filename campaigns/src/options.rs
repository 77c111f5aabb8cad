//! What a campaign was asked for, and what it needs.

use std::path::PathBuf;
use std::time::Duration;

use crate::RunError;

/// What was asked for on the command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// The form for every merge.
    pub short: bool,
    /// Repeats a run.
    pub seed: u64,
    /// How often, if not as often as the campaign says itself.
    pub rounds: Option<u64>,
    /// How many clients there are before the campaign begins, if not as many as it says itself.
    pub clients: Option<u64>,
    /// Whether the fault is let in that the campaign must see.
    pub control: bool,
    /// The storage of the service.
    pub store: Store,
    /// The binary of the service.
    pub service: Option<PathBuf>,
    /// The binary of the release before.
    pub before: Option<PathBuf>,
    /// The folder of PostgreSQL's programs.
    pub pg_bin: Option<PathBuf>,
    /// Where logs and histories are left.
    pub out: PathBuf,
}

impl Options {
    /// The same options with the service of the release before.
    pub fn of_release_before(&self) -> Result<Self, RunError> {
        const MISSING: &str =
            "name the client-service binary of the release before with --before, or in CLIENT_SERVICE_BEFORE";
        let before = self.before.clone().ok_or_else(|| RunError::new(MISSING))?;
        Ok(Self { service: Some(before), ..self.clone() })
    }

    /// How many rounds: as asked, else the campaign's own number for its short or its long form.
    pub fn rounds(&self, short: u64, long: u64) -> u64 {
        self.rounds.unwrap_or(if self.short { short } else { long })
    }

    /// How many clients: as asked, else the campaign's own number for its short or its long form.
    pub fn clients(&self, short: u64, long: u64) -> u64 {
        self.clients.unwrap_or(if self.short { short } else { long })
    }
}

/// The storage of the service under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Store {
    /// A throw-away PostgreSQL cluster
    Postgresql,
    /// A SQLite file in a data folder
    Sqlite,
    /// A rehearsal in memory: what is stored is not checked
    Memory,
}

impl Store {
    /// As a report names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Postgresql => "PostgreSQL",
            Self::Sqlite => "SQLite",
            Self::Memory => "memory (rehearsal)",
        }
    }
}

/// What a campaign needs.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// How many services work on the database.
    pub services: usize,
    /// Whether a proxy stands between them and it.
    pub through_proxy: bool,
    /// Further arguments of the service.
    pub arguments: &'static [&'static str],
    /// Further settings of the server, each `name=value`.
    pub server_settings: &'static [&'static str],
    /// By when every request is to be answered.
    pub deadline: Duration,
    /// Whether callers race, so that some of them are rightly refused.
    pub refusals: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            services: 1,
            through_proxy: false,
            arguments: &[],
            server_settings: &[],
            deadline: Duration::from_secs(10),
            refusals: false,
        }
    }
}
