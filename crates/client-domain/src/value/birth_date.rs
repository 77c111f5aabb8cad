use std::fmt;

use jiff::civil::Date;

use super::invalid::Invalid;

/// The day a person was born or a company was founded: not in the future and not before 1900-01-01.
///
/// The caller passes today's date, because the domain reads no clock.
///
/// ```
/// use client_domain::value::{BirthDate, Invalid};
/// use jiff::civil::date;
///
/// let today = date(2026, 3, 1);
/// assert_eq!(BirthDate::parse("1990-02-28", today)?.get(), date(1990, 2, 28));
/// assert_eq!(BirthDate::parse("2026-03-02", today), Err(Invalid::InFuture));
/// assert!(matches!(BirthDate::parse("1990-02-30", today), Err(Invalid::Format { .. })));
/// # Ok::<(), Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BirthDate(Date);

impl BirthDate {
    /// The first date allowed.
    pub const EARLIEST: Date = Date::constant(1900, 1, 1);

    /// Reads `YYYY-MM-DD`, or midnight UTC of that day, as queries return it, and checks the limits.
    pub fn parse(raw: &str, today: Date) -> Result<Self, Invalid> {
        Self::new(parse_day(raw)?, today)
    }

    /// Checks the limits of a date.
    pub fn new(date: Date, today: Date) -> Result<Self, Invalid> {
        if date < Self::EARLIEST {
            Err(Invalid::TooEarly { earliest: Self::EARLIEST })
        } else if date > today {
            Err(Invalid::InFuture)
        } else {
            Ok(Self(date))
        }
    }

    /// The date.
    pub const fn get(self) -> Date {
        self.0
    }
}

impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(***)")
    }
}

/// Reads a calendar date in the form `YYYY-MM-DD` only.
pub fn parse_date(raw: &str) -> Result<Date, Invalid> {
    const WRONG: Invalid = Invalid::Format { expected: "a calendar date written YYYY-MM-DD" };
    let text = raw.trim();
    let shaped = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
    if !shaped {
        return Err(WRONG);
    }
    text.parse().map_err(|_| WRONG)
}

/// Reads a calendar date, also as midnight UTC, the form in which answers show a date as a moment.
///
/// ```
/// use client_domain::value::parse_day;
///
/// assert_eq!(parse_day("1991-04-23T00:00:00Z")?, parse_day("1991-04-23")?);
/// assert!(parse_day("1991-04-23T09:00:00Z").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
pub fn parse_day(raw: &str) -> Result<Date, Invalid> {
    let raw = raw.trim();
    parse_date(raw.strip_suffix("T00:00:00Z").unwrap_or(raw))
}

// A stored day has passed the rule that refuses future days.
#[cfg(feature = "serde")]
crate::conversions::text_serde!(BirthDate, |day| day.get(), |text| {
    Self::parse(text, Date::MAX).map_err(serde::de::Error::custom)
});

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_limits_are_allowed() {
        let today = date(2026, 3, 1);
        assert!(BirthDate::parse("1900-01-01", today).is_ok());
        assert!(BirthDate::parse("1899-12-31", today).is_err());
        assert!(BirthDate::parse("2026-03-01", today).is_ok());
        assert!(BirthDate::parse("2026-03-02", today).is_err());
    }

    #[test]
    fn only_the_documented_formats_are_accepted() {
        for wrong in
            ["", "01/02/1990", "19900102", "1990-1-2", "1990-02-29", "1990-01-02T00:00:01Z", "+001990-01-02"]
        {
            assert!(
                matches!(BirthDate::parse(wrong, date(2026, 1, 1)), Err(Invalid::Format { .. })),
                "{wrong}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_lies_between_the_limits(raw in "[0-9]{4}-[0-9]{2}-[0-9]{2}|.{0,12}") {
            let today = date(2026, 3, 1);
            if let Ok(born) = BirthDate::parse(&raw, today) {
                prop_assert!(BirthDate::EARLIEST <= born.get() && born.get() <= today);
                prop_assert_eq!(born.to_string(), raw.trim().trim_end_matches("T00:00:00Z"));
            }
        }
    }
}
