//! Whether the service can do its work now, check by check.

use std::fmt;

use crate::ports::StoreError;

/// What a check is about; its name is part of the answer of `/readyz`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckName {
    /// Clients can be read.
    Reads,
    /// Commands can be committed.
    Commands,
    /// Files of documents can be read.
    Contents,
    /// Files of documents can be stored.
    Uploads,
    /// The background jobs run.
    Jobs,
    /// The clock of the service agrees with the clock of the storage.
    Clock,
    /// The schema of the storage is the one that this program was built for.
    Schema,
    /// There are keys that verify tokens, and they are recent enough.
    Keys,
}

impl CheckName {
    /// All of them, in the order in which an answer lists them.
    pub const ALL: [Self; 8] = [
        Self::Reads,
        Self::Commands,
        Self::Contents,
        Self::Uploads,
        Self::Jobs,
        Self::Clock,
        Self::Schema,
        Self::Keys,
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Commands => "commands",
            Self::Contents => "contents",
            Self::Uploads => "uploads",
            Self::Jobs => "jobs",
            Self::Clock => "clock",
            Self::Schema => "schema",
            Self::Keys => "keys",
        }
    }
}

/// What a check found. The sentences are for operators: no personal data, no address, no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CheckState {
    /// All is well.
    #[default]
    Ok,
    /// Requests are answered, but something needs attention.
    Warning(String),
    /// Requests cannot all be answered.
    Failed(String),
}

impl CheckState {
    /// The word on the wire: `ok`, `warning` or `failed`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning(_) => "warning",
            Self::Failed(_) => "failed",
        }
    }

    /// The sentence that goes with it, if there is anything to say.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Ok => None,
            Self::Warning(message) | Self::Failed(message) => Some(message),
        }
    }
}

/// One named check and what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: CheckName,
    /// What was found.
    pub state: CheckState,
    /// What was behind it, for the log; it is never sent.
    pub cause: Option<String>,
}

impl Check {
    /// A check that found this.
    pub fn new(name: CheckName, state: CheckState) -> Self {
        Self { name, state, cause: None }
    }

    /// What a port's answer means for a check: a port that cannot answer fails it with `message`.
    pub(crate) fn of(name: CheckName, answer: Result<(), StoreError>, message: &str) -> Self {
        let Err(error) = answer else { return Self::new(name, CheckState::Ok) };
        Self { name, state: CheckState::Failed(message.to_owned()), cause: Some(error.with_source()) }
    }
}

/// Whether requests can be answered now: every check, in a fixed order.
///
/// ```
/// use client_app::{Check, CheckName, CheckState, Readiness};
///
/// let slow_clock = CheckState::Warning("The clock is 70 seconds behind the database.".to_owned());
/// let readiness = Readiness::new(vec![
///     Check::new(CheckName::Clock, slow_clock),
///     Check::new(CheckName::Reads, CheckState::Ok),
/// ]);
/// assert!(readiness.is_ready(), "a warning does not fail readiness");
/// assert_eq!(readiness.checks()[0].name, CheckName::Reads);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness(Vec<Check>);

impl Readiness {
    /// The readiness that these checks add up to.
    pub fn new(mut checks: Vec<Check>) -> Self {
        checks.sort_by_key(|check| check.name);
        Self(checks)
    }

    /// The checks.
    pub fn checks(&self) -> &[Check] {
        &self.0
    }

    /// Whether no check failed.
    pub fn is_ready(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.0.iter().filter(|check| matches!(check.state, CheckState::Failed(_)))
    }
}

/// A check that lives outside the application: background jobs, keys of tokens.
///
/// It answers from memory, at once; whoever maintains the state does the work elsewhere.
pub trait StandingCheck: fmt::Debug + Send + Sync {
    /// What it finds now.
    fn check(&self) -> Check;
}
