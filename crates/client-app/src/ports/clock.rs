use jiff::Timestamp;

/// The current time.
pub trait Clock: Send + Sync {
    /// The time, UTC, in whole microseconds: databases store no more, and a stored value must equal the value
    /// in memory. [`to_microseconds`] truncates a time.
    fn now(&self) -> Timestamp;
}

/// Truncates a time to whole microseconds.
///
/// ```
/// use client_app::ports::to_microseconds;
///
/// let fine: jiff::Timestamp = "2026-01-05T09:00:00.123456789Z".parse()?;
/// assert_eq!(to_microseconds(fine).to_string(), "2026-01-05T09:00:00.123456Z");
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn to_microseconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}
