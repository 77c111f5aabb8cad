use jiff::SignedDuration;

use super::aggregate::Confirmation;

/// The bank's settings of batches.
///
/// ```
/// use client_app::batch::{BatchRules, Confirmation};
///
/// let rules = BatchRules::default();
/// assert_eq!(rules.confirmation, Confirmation::SecondPerson);
/// assert_eq!(rules.max_rows, 200_000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchRules {
    /// Who confirms a batch.
    pub confirmation: Confirmation,
    /// The maximum number of rows of a batch.
    pub max_rows: u64,
    /// The maximum number of bytes of its file.
    pub max_bytes: u64,
    /// How many batches of one uploader may not have ended.
    pub max_open: usize,
    /// For how long a batch waits for its file or a person before it ends by itself.
    pub expires_after: SignedDuration,
    /// How many rows one instance executes at a time.
    pub rows_at_once: usize,
    /// For how long an instance has the rows that it takes. Those of an instance that ended wait as long for another one.
    pub lease: SignedDuration,
    /// How long outcomes of idempotency keys are kept: a row that was begun longer ago cannot be repeated safely.
    pub outcomes_kept: SignedDuration,
}

impl Default for BatchRules {
    fn default() -> Self {
        Self {
            confirmation: Confirmation::SecondPerson,
            max_rows: 200_000,
            max_bytes: 200 * 1024 * 1024,
            max_open: 10,
            expires_after: SignedDuration::from_hours(14 * 24),
            rows_at_once: 32,
            lease: SignedDuration::from_mins(1),
            outcomes_kept: SignedDuration::from_hours(24),
        }
    }
}
