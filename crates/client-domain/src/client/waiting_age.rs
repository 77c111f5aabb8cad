//! How long an item of the work queue has waited.

use jiff::{SignedDuration, Timestamp};

/// How long an item has waited, in the steps that people plan their work by.
///
/// ```
/// use client_domain::client::WaitingAge;
///
/// let now = "2026-01-05T09:00:00Z".parse()?;
/// assert_eq!(WaitingAge::of("2026-01-03T09:00:01Z".parse()?, now), WaitingAge::UpToOneDay);
/// assert_eq!(WaitingAge::of("2026-01-03T09:00:00Z".parse()?, now), WaitingAge::TwoToFiveDays);
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WaitingAge {
    /// Less than two whole days.
    UpToOneDay,
    /// Two to five whole days.
    TwoToFiveDays,
    /// Six to thirty whole days.
    SixToThirtyDays,
    /// More than thirty whole days.
    OverThirtyDays,
}

impl WaitingAge {
    /// Every step, shortest first.
    pub const ALL: [Self; 4] =
        [Self::UpToOneDay, Self::TwoToFiveDays, Self::SixToThirtyDays, Self::OverThirtyDays];

    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UpToOneDay => "upToOneDay",
            Self::TwoToFiveDays => "twoToFiveDays",
            Self::SixToThirtyDays => "sixToThirtyDays",
            Self::OverThirtyDays => "overThirtyDays",
        }
    }

    /// The age of what waits since a moment.
    pub fn of(since: Timestamp, now: Timestamp) -> Self {
        let is_younger = |age: &Self| age.begins_after(now).is_some_and(|bound| since > bound);
        Self::ALL.into_iter().find(is_younger).unwrap_or(Self::OverThirtyDays)
    }

    /// What waits since a later moment than this one is of this age or younger; `None` for the last step.
    pub fn begins_after(self, now: Timestamp) -> Option<Timestamp> {
        let days = match self {
            Self::UpToOneDay => 2,
            Self::TwoToFiveDays => 6,
            Self::SixToThirtyDays => 31,
            Self::OverThirtyDays => return None,
        };
        // Before the beginning of time nothing waits.
        Some(now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_is_that_of_the_whole_days_of_the_queue() {
        let now: Timestamp = "2026-03-05T09:00:00Z".parse().unwrap();
        for hours in -30..1_000 {
            let since = now - SignedDuration::from_hours(hours);
            let expected = match (hours.max(0)) / 24 {
                0..=1 => WaitingAge::UpToOneDay,
                2..=5 => WaitingAge::TwoToFiveDays,
                6..=30 => WaitingAge::SixToThirtyDays,
                _ => WaitingAge::OverThirtyDays,
            };
            assert_eq!(WaitingAge::of(since, now), expected, "{hours}");
        }
    }
}
