use client_domain::client::ValueChange;
use client_domain::value::Version;
use client_domain::{ClientEvent, EventKind};

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
    /// The values before and after. They are personal data, stored apart from the line; a line that was read without
    /// them has none.
    pub values: HistoryValues,
}

/// The values of a line of history, before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryValues {
    /// The values that changed.
    pub changed: Vec<ValueChange>,
    /// The values that were proposed for a second person, beside the live ones.
    pub proposed: Vec<ValueChange>,
}

impl HistoryValues {
    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.proposed.is_empty()
    }
}

/// A page of a history, newest line first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// Only lines before this version.
    pub before: Option<Version>,
    /// Only lines after this version.
    pub after: Option<Version>,
    /// Only lines of events of these kinds; of all, if there are none.
    pub events: &'static [EventKind],
    /// The maximum number of lines.
    pub limit: usize,
    /// Whether the values before and after are read too.
    pub with_values: bool,
}

impl HistoryPage {
    /// Whether this line may be on the page.
    pub fn holds(&self, line: &HistoryEntry) -> bool {
        let version = line.event.version;
        self.before.is_none_or(|before| version < before)
            && self.after.is_none_or(|after| version > after)
            && (self.events.is_empty() || self.events.contains(&line.event.kind))
    }

    /// The line as this read answers it: without its values, where they are not asked for.
    #[must_use]
    pub fn shown(&self, mut line: HistoryEntry) -> HistoryEntry {
        if !self.with_values {
            line.values = HistoryValues::default();
        }
        line
    }
}
