//! The latest commits that the server has confirmed. A database without them has lost them, as a standby has that was promoted
//! before they arrived.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use client_app::ports::{Committed, HistoryEntry, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many are kept: commits that were confirmed at about the same time may have been written in another order.
const MAX: usize = 32;
/// Besides the latest, one commit of each of these spans is remembered: under load the latest are all newer than a failover.
const SPAN: Duration = Duration::from_millis(100);
/// How many of those: a minute of traffic after the failover does not push out the commits before it.
const MAX_SAMPLES: usize = 600;

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

/// The commits of this process that are remembered.
#[derive(Debug, Default)]
pub(crate) struct Confirmed(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    latest: VecDeque<Commit>,
    /// One commit of each span, and when the span of the last one began.
    samples: VecDeque<Commit>,
    since: Option<Instant>,
}

impl Remembered {
    fn add(&mut self, commit: Commit, now: Instant) {
        if self.since.is_none_or(|since| now.saturating_duration_since(since) >= SPAN) {
            self.since = Some(now);
            if self.samples.len() == MAX_SAMPLES {
                self.samples.pop_front();
            }
            self.samples.push_back(commit.clone());
        }
        if self.latest.len() == MAX {
            self.latest.pop_front();
        }
        self.latest.push_back(commit);
    }
}

impl Confirmed {
    /// Remembers the commit if this outcome confirms it.
    pub(crate) fn note(&self, outcome: &Result<Committed, StoreError>, commit: Option<Commit>) {
        let (Ok(Committed::Done), Some(commit)) = (outcome, commit) else { return };
        self.lock().add(commit, Instant::now());
    }

    /// The latest ones, to be kept outside.
    pub(crate) fn latest(&self) -> ConfirmedCommits {
        ConfirmedCommits(self.lock().latest.clone())
    }

    /// All that are remembered: the latest, and those of about a minute of traffic before.
    pub(crate) fn all(&self) -> ConfirmedCommits {
        let remembered = self.lock();
        ConfirmedCommits(remembered.samples.iter().chain(&remembered.latest).cloned().collect())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traffic_after_a_failover_does_not_push_out_the_commits_before_it() {
        let (mut remembered, start) = (Remembered::default(), Instant::now());
        let commit = |n: u64| Commit { client: n.to_string(), version: n, at: Timestamp::UNIX_EPOCH };
        // Half a second at a thousand a second, and after a gap half a minute at the same rate.
        for n in 0..500 {
            remembered.add(commit(n), start + Duration::from_millis(n));
        }
        for n in 0..30_000 {
            remembered.add(commit(1_000 + n), start + Duration::from_millis(20_000 + n));
        }
        let before = remembered.samples.iter().filter(|commit| commit.version < 500).count();
        assert_eq!((before, remembered.latest.len()), (5, MAX));
        assert!(remembered.latest.iter().all(|commit| commit.version > 30_000));
        for n in 0..1_000 {
            remembered.add(commit(n), start + Duration::from_secs(100 + n));
        }
        assert_eq!(remembered.samples.len(), MAX_SAMPLES);
    }
}
