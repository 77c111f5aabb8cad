//! Moments and days as they are stored: microseconds since 1970, and texts that sort as the days do.

use jiff::Timestamp;
use jiff::civil::Date;

const MICROSECONDS: i64 = 1_000_000;
const NANOSECONDS: i32 = 1_000;

/// The microseconds since 1970.
pub(crate) fn microseconds(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// The moment of these microseconds since 1970.
pub(crate) fn moment(microseconds: i64) -> Option<Timestamp> {
    let (seconds, rest) = (microseconds.div_euclid(MICROSECONDS), microseconds.rem_euclid(MICROSECONDS));
    // `from_microsecond` refuses the last second that jiff has.
    Timestamp::new(seconds, i32::try_from(rest).ok()? * NANOSECONDS).ok()
}

/// The day of a text such as 2026-03-01.
pub(crate) fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_comes_back_from_its_microseconds() {
        for text in ["1970-01-01T00:00:00Z", "1899-12-31T23:59:59.999999Z", "9999-12-30T22:00:00Z"] {
            let at: Timestamp = text.parse().unwrap();
            assert_eq!(moment(microseconds(at)), Some(at));
        }
        assert_eq!(moment(i64::MAX), None);
    }
}
