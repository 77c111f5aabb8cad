//! The limits and the result of one round of garbage collection.

use jiff::Timestamp;

/// The limits of one round of garbage collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GarbageRules {
    /// Contents that were uploaded or replaced before this time and that no document names go to the trash. The grace
    /// period must be longer than any request takes between storing a file and the commit; the service uses a day.
    pub orphaned_before: Timestamp,
    /// Contents that went to the trash before this time are deleted.
    pub trashed_before: Timestamp,
    /// The maximum share of all known contents, in percent, that one round may collect. A round that would collect a
    /// greater share, and more than 100 contents, does nothing: an operator must check first.
    pub max_share: u8,
}

/// The result of one round of garbage collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GarbageRound {
    /// How many orphans went to the trash.
    pub trashed: u64,
    /// How many contents were deleted.
    pub deleted: u64,
    /// How many contents were moved back from the trash because a document names them.
    pub restored: u64,
    /// Set if the round found too many orphans and did nothing.
    pub stopped: Option<TooManyOrphans>,
}

/// Why a round did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{orphans} of {contents} known contents would be collected, and that is more than the set share")]
pub struct TooManyOrphans {
    /// The number of orphans.
    pub orphans: u64,
    /// The number of known contents: those that documents name, and the orphans.
    pub contents: u64,
}
