//! Whether the service can do its work now, check by check.

use std::fmt;

use jiff::Timestamp;

use crate::ports::error::StoreError;

/// The subject of a check; its name is part of the answer of `/readyz`.
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
    /// The storage has the schema that this program needs.
    Schema,
    /// Keys for the verification of tokens are available and recent.
    Keys,
    /// What the storage has confirmed outlives its server.
    Replication,
}

impl CheckName {
    /// Every name, in the order of an answer.
    pub const ALL: [Self; 9] = [
        Self::Reads,
        Self::Commands,
        Self::Contents,
        Self::Uploads,
        Self::Jobs,
        Self::Clock,
        Self::Schema,
        Self::Keys,
        Self::Replication,
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
            Self::Replication => "replication",
        }
    }
}

/// The result of a check. The sentences are for operators: no personal data, no address, no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CheckState {
    /// The check passed.
    #[default]
    Ok,
    /// Requests are answered, but something needs attention.
    Warning(String),
    /// Some requests cannot be answered.
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

    /// The sentence of a warning or failure.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Ok => None,
            Self::Warning(message) | Self::Failed(message) => Some(message),
        }
    }
}

/// A check and its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The subject.
    pub name: CheckName,
    /// The result.
    pub state: CheckState,
    /// The cause, for the log; it is never sent.
    pub cause: Option<String>,
}

impl Check {
    /// A check with this result.
    pub fn new(name: CheckName, state: CheckState) -> Self {
        Self { name, state, cause: None }
    }

    /// The check of a port: an error of the port fails it with `message`.
    pub(crate) fn of(name: CheckName, answer: Result<(), StoreError>, message: &str) -> Self {
        let Err(error) = answer else { return Self::new(name, CheckState::Ok) };
        Self { name, state: CheckState::Failed(message.to_owned()), cause: Some(error.into_cause()) }
    }
}

/// Whether the service can answer requests now: every check, in a fixed order.
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
    /// The readiness with these checks.
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

/// How a background job fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobReport {
    /// The job.
    pub name: &'static str,
    /// How many of its rounds have failed in a row.
    pub failures: u32,
    /// When a round last succeeded; `None` if none has since the start.
    pub last_success: Option<Timestamp>,
}

/// The background jobs of this process. It answers from memory.
pub trait JobReports: Send + Sync {
    /// Every job, by name.
    fn jobs(&self) -> Vec<JobReport>;
}

/// A check outside the application, such as background jobs or keys of tokens.
///
/// It answers from memory without waiting; its owner updates the state elsewhere.
pub trait StandingCheck: fmt::Debug + Send + Sync {
    /// The current result.
    fn check(&self) -> Check;
}
