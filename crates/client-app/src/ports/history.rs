use client_domain::ClientEvent;
use client_domain::value::Version;

use crate::RequestId;

/// One line of a client's history: what happened, and which request did it. Written once, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// What happened, to whom, by whom, when and why. Its version is the line's number.
    pub event: ClientEvent,
    /// The name of the command.
    pub command: String,
    /// The request that carried it.
    pub request_id: RequestId,
}

/// Which part of a history is wanted, newest line first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// Only lines older than the one that made this version.
    pub before: Option<Version>,
    /// Only lines newer than the one that made this version.
    pub after: Option<Version>,
    /// At most so many lines.
    pub limit: usize,
}
