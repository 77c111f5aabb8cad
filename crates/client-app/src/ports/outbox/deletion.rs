//! The deletion of delivered events, page by page.

use jiff::Timestamp;

use super::event::EventId;

/// An event that the default receiver got. Delivered events are read in the order of these keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeliveredKey {
    /// When the default receiver got it.
    pub at: Timestamp,
    /// The event.
    pub event: EventId,
}

/// What became of a page of delivered events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deletion {
    /// How many were deleted.
    pub deleted: u64,
    /// How many were read and kept, because a receiver has not got them, or never will.
    pub kept: u64,
    /// The last one of a full page, after which there may be more.
    pub last: Option<DeliveredKey>,
}
