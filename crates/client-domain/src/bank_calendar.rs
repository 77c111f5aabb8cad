//! The bank's calendar: which day a moment belongs to, and when a day begins and ends.

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

/// The time zone of the bank, and the days that it makes of moments.
///
/// A day begins once and lasts until the next one begins. It begins with the first moment at which a clock on the
/// wall shows it: usually midnight, 01:00 where the clocks were put forward over midnight. If clocks are put back
/// over midnight, the new day goes on. A day that a country left out has no moment.
///
/// ```
/// use client_domain::BankCalendar;
/// use jiff::civil::date;
/// use jiff::tz::{TimeZone, offset};
///
/// let evening = "2026-01-05T23:30:00Z".parse()?;
/// assert_eq!(BankCalendar::utc().day_of(evening), date(2026, 1, 5));
/// let lagos = BankCalendar::new(TimeZone::fixed(offset(1)));
/// assert_eq!(lagos.day_of(evening), date(2026, 1, 6));
/// assert_eq!(lagos.first_moment(date(2026, 1, 6)).to_string(), "2026-01-05T23:00:00Z");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankCalendar {
    zone: TimeZone,
}

impl BankCalendar {
    /// The calendar of a time zone.
    pub const fn new(zone: TimeZone) -> Self {
        Self { zone }
    }

    /// The calendar of UTC.
    pub const fn utc() -> Self {
        Self::new(TimeZone::UTC)
    }

    /// The time zone.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The day that a moment belongs to.
    pub fn day_of(&self, moment: Timestamp) -> Date {
        let mut day = self.zone.to_datetime(moment).date();
        // Clocks that were put back over midnight show yesterday again, though the day has begun.
        while let Ok(next) = day.tomorrow()
            && self.first_moment(next) <= moment
        {
            day = next;
        }
        day
    }

    /// The first moment of a day. For a day that was left out it is the first moment of the next day, and for the
    /// last days of the calendar, which have none, the last moment of all.
    pub fn first_moment(&self, day: Date) -> Timestamp {
        let midnight = self.zone.to_ambiguous_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
        let first = match midnight.offset() {
            // Between the two readings of a midnight that no clock showed, the clocks were put forward.
            AmbiguousOffset::Gap { .. } => midnight
                .earlier()
                .map(|before| self.zone.following(before).next().map_or(before, |change| change.timestamp())),
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => midnight.earlier(),
        };
        first.unwrap_or(if day.year() < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }

    /// The last moment of a day, in whole microseconds. For a day that was left out it lies before the first one.
    pub fn last_moment(&self, day: Date) -> Timestamp {
        let next = day.tomorrow().map_or(Timestamp::MAX, |next| self.first_moment(next));
        if next == Timestamp::MAX { next } else { next.checked_sub(1.microsecond()).unwrap_or(next) }
    }
}

impl Default for BankCalendar {
    /// The calendar of UTC.
    fn default() -> Self {
        Self::utc()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn of(name: &str) -> BankCalendar {
        BankCalendar::new(TimeZone::get(name).unwrap())
    }

    #[test]
    fn a_day_begins_with_its_first_moment() {
        for (zone, day, first) in [
            ("UTC", date(2026, 1, 5), "2026-01-05T00:00:00Z"),
            ("Africa/Lagos", date(2026, 1, 5), "2026-01-04T23:00:00Z"),
            ("Asia/Kolkata", date(2026, 1, 5), "2026-01-04T18:30:00Z"),
            // The clocks went from midnight to 01:00.
            ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00Z"),
            ("Africa/Cairo", date(2024, 4, 26), "2024-04-25T22:00:00Z"),
            ("Asia/Beirut", date(2022, 3, 27), "2022-03-26T22:00:00Z"),
            // The clocks went from 23:30 to 00:30, so the day began at 00:30.
            ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30:00Z"),
            // The clocks went from 00:01 back to 23:01, and the day had begun.
            ("America/St_Johns", date(2006, 10, 29), "2006-10-29T02:30:00Z"),
        ] {
            let calendar = of(zone);
            let first: Timestamp = first.parse().unwrap();
            assert_eq!(calendar.first_moment(day), first, "{zone} {day}");
            assert_eq!(calendar.day_of(first), day, "{zone}");
            let before = first.checked_sub(1.microsecond()).unwrap();
            assert_eq!(calendar.day_of(before), day.yesterday().unwrap(), "{zone}");
            assert_eq!(calendar.last_moment(day.yesterday().unwrap()), before, "{zone}");
        }
    }

    #[test]
    fn a_day_that_was_left_out_has_no_moment() {
        let apia = of("Pacific/Apia");
        let missing = date(2011, 12, 30);
        assert!(apia.last_moment(missing) < apia.first_moment(missing));
        assert_eq!(apia.first_moment(missing), apia.first_moment(date(2011, 12, 31)));
        assert_eq!(apia.day_of(apia.first_moment(missing)), date(2011, 12, 31));
        assert_eq!(apia.day_of(apia.last_moment(missing)), date(2011, 12, 29));
    }

    #[test]
    fn a_day_goes_on_where_clocks_are_put_back_over_midnight() {
        let calendar = of("America/St_Johns");
        let again = "2006-10-29T03:00:00Z".parse().unwrap();
        assert_eq!(calendar.zone().to_datetime(again).to_string(), "2006-10-28T23:30:00");
        assert_eq!(calendar.day_of(again), date(2006, 10, 29));
    }

    #[test]
    fn the_ends_of_the_calendar_are_days_too() {
        for zone in ["UTC", "Pacific/Apia", "America/Sao_Paulo"] {
            let calendar = of(zone);
            for day in [Date::MIN, date(0, 1, 1), date(9999, 12, 30), Date::MAX] {
                assert!(calendar.first_moment(day) <= calendar.last_moment(day), "{zone} {day}");
            }
            calendar.day_of(Timestamp::MIN);
            calendar.day_of(Timestamp::MAX);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn a_moment_belongs_to_the_day_that_holds_it(
            zone in prop::sample::select(vec![
                "UTC", "Africa/Lagos", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Pacific/Apia",
                "America/Toronto", "America/St_Johns", "America/Juneau", "Asia/Manila", "Europe/London",
                "Australia/Lord_Howe", "Asia/Kathmandu",
            ]),
            second in -4_500_000_000_i64..4_500_000_000,
        ) {
            let calendar = of(zone);
            let moment = Timestamp::from_second(second).unwrap();
            let day = calendar.day_of(moment);
            prop_assert!(calendar.first_moment(day) <= moment, "{} {}", zone, moment);
            prop_assert!(moment <= calendar.last_moment(day), "{} {}", zone, moment);
            let next = day.tomorrow().unwrap();
            prop_assert!(calendar.first_moment(day) <= calendar.first_moment(next));
        }
    }
}
