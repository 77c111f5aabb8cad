//! Where queries read, and what the caller of a read has seen.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use client_domain::value::Version;
use jiff::{SignedDuration, Timestamp};

use crate::error::Error;
use crate::ports::ending::FoundClient;
use crate::ports::replicas::LogPosition;

/// What the caller of a read has seen. The answer is never older, whichever replica gives it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// A version of the client that is asked for.
    pub version: Option<Version>,
    /// A position in the log of the storage, which came with the answer to a command.
    pub position: Option<LogPosition>,
}

/// Where queries read.
#[derive(Clone, Debug, Default)]
pub(crate) enum ReadSource {
    /// From the storage itself.
    #[default]
    Store,
    /// From a replica that has what the caller has seen, or else from the storage.
    Replicas(Arc<AnswerAge>, Seen),
    /// From a replica that was chosen and is so far behind. Clients older than this version are refused.
    Replica(SignedDuration, Option<Version>),
}

impl ReadSource {
    /// The moment that a read shows which begins now.
    pub(crate) fn as_of(&self, now: Timestamp) -> Timestamp {
        match self {
            Self::Store | Self::Replicas(..) => now,
            Self::Replica(age, _) => now.checked_sub(*age).unwrap_or(now),
        }
    }

    /// Whether the caller has shown a position.
    pub(crate) const fn shows_a_position(&self) -> bool {
        matches!(self, Self::Replicas(_, Seen { position: Some(_), .. }))
    }

    /// Refuses a client that is older than the caller has seen it.
    pub(crate) fn check(&self, found: FoundClient) -> Result<FoundClient, Error> {
        match self {
            Self::Replica(_, Some(least)) if found.client.version() < *least => {
                // The storage is asked instead, so no caller gets this.
                Err(Error::Unavailable { cause: "the replica has an older version of the client".to_owned() })
            }
            _ => Ok(found),
        }
    }
}

/// How far the replica was behind that answered a request.
#[derive(Debug, Default)]
pub(crate) struct AnswerAge(OnceLock<Duration>);

impl AnswerAge {
    /// Sets the age of the answer.
    pub(crate) fn set(&self, age: Duration) {
        let _first = self.0.set(age);
    }

    /// The age, if a replica has answered.
    pub(crate) fn get(&self) -> Option<Duration> {
        self.0.get().copied()
    }
}
