//! The latest commits that the server has confirmed. A database without them has lost them, as a standby has that was promoted
//! before they arrived.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use client_app::ports::{Committed, HistoryEntry, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many are kept: commits that were confirmed at about the same time may have been written in another order.
const MAX: usize = 32;

/// The latest commits that the server has confirmed, for a place outside of the database.
///
/// ```
/// use adapter_postgres::ConfirmedCommits;
///
/// let none = ConfirmedCommits::default();
/// assert_eq!(ConfirmedCommits::parse(&none.to_text()), Some(none));
/// assert_eq!(ConfirmedCommits::parse("something else"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedCommits(VecDeque<Commit>);

/// A commit by the line of history that it wrote. A client has one line for each version, and the same version that is
/// written again has another time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Commit {
    pub(crate) client: String,
    pub(crate) version: u64,
    pub(crate) at: Timestamp,
}

impl Commit {
    pub(crate) fn of(line: &HistoryEntry) -> Self {
        let event = &line.event;
        Self { client: event.key.as_str().to_owned(), version: event.version.get(), at: event.at }
    }
}

impl ConfirmedCommits {
    /// Reads what [`to_text`](Self::to_text) has written; nothing where it is something else.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The commits as a line of text. It holds keys of clients and times, and no value of theirs.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The time of the latest one.
    pub fn latest(&self) -> Option<Timestamp> {
        self.0.iter().map(|commit| commit.at).max()
    }

    pub(crate) fn commits(&self) -> impl ExactSizeIterator<Item = &Commit> {
        self.0.iter()
    }
}

/// The latest commits of this process.
#[derive(Debug, Default)]
pub(crate) struct Confirmed(Mutex<ConfirmedCommits>);

impl Confirmed {
    /// Remembers the commit if this outcome confirms it.
    pub(crate) fn note(&self, outcome: &Result<Committed, StoreError>, commit: Option<Commit>) {
        let (Ok(Committed::Done), Some(commit)) = (outcome, commit) else { return };
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.0.len() == MAX {
            latest.0.pop_front();
        }
        latest.0.push_back(commit);
    }

    pub(crate) fn latest(&self) -> ConfirmedCommits {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
