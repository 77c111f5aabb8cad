use client_domain::ClientEvent;
use client_domain::value::Version;

use crate::request::RequestId;

/// One line of a client's history: an event, and the request that caused it. It is written once and never
/// changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The event. Its version is the line's number.
    pub event: ClientEvent,
    /// The name of the command.
    pub command: String,
    /// The request of the command.
    pub request_id: RequestId,
}

/// A page of a history, newest line first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// Only lines before this version.
    pub before: Option<Version>,
    /// Only lines after this version.
    pub after: Option<Version>,
    /// The maximum number of lines.
    pub limit: usize,
}
