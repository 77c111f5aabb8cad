//! The months of a report.

use client_domain::BankCalendar;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};

/// How many months a report without given days is about.
const USUAL_MONTHS: i64 = 12;

/// The days of a report, the first and the last included, and at most [`ReportPeriod::MAX_MONTHS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportPeriod {
    first: Date,
    last: Date,
}

/// Why days are no period of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodFault {
    /// The last is before the first.
    EndBeforeStart,
    /// The first is before this day, so that there are too many months.
    TooLong(Date),
}

impl ReportPeriod {
    /// The maximum number of months that it may touch.
    pub const MAX_MONTHS: i64 = 24;

    /// The period between two days.
    ///
    /// # Errors
    ///
    /// What is wrong with the days.
    ///
    /// ```
    /// use client_app::{PeriodFault, ReportPeriod};
    /// use jiff::civil::date;
    ///
    /// let last = date(2026, 3, 15);
    /// assert_eq!(ReportPeriod::new(date(2026, 3, 1), last)?.last(), last);
    /// let fault = ReportPeriod::new(date(2024, 3, 31), last).unwrap_err();
    /// assert_eq!(fault, PeriodFault::TooLong(date(2024, 4, 1)));
    /// # Ok::<(), PeriodFault>(())
    /// ```
    pub fn new(first: Date, last: Date) -> Result<Self, PeriodFault> {
        let earliest = months_before(last, Self::MAX_MONTHS);
        if last < first {
            return Err(PeriodFault::EndBeforeStart);
        }
        if first < earliest { Err(PeriodFault::TooLong(earliest)) } else { Ok(Self { first, last }) }
    }

    /// The month of this day until then, and the eleven months before.
    pub(crate) fn year_until(last: Date) -> Self {
        Self { first: months_before(last, USUAL_MONTHS), last }
    }

    /// The first day.
    pub const fn first(self) -> Date {
        self.first
    }

    /// The last day.
    pub const fn last(self) -> Date {
        self.last
    }

    /// The first and the last day of each month, of which the period may have only a part.
    pub(crate) fn months(self) -> Vec<(Date, Date)> {
        let (mut months, mut first) = (Vec::new(), self.first);
        while first <= self.last {
            months.push((first, first.last_of_month().min(self.last)));
            match first.last_of_month().tomorrow() {
                Ok(next) => first = next,
                Err(_) => break,
            }
        }
        months
    }

    /// The first moments of the months, and that after the last.
    pub(crate) fn moments(self, calendar: &BankCalendar) -> Vec<Timestamp> {
        let firsts = self.months().into_iter().map(|(first, _)| calendar.first_moment(first));
        firsts.chain([end(self.last, calendar)]).collect()
    }

    /// The first moment, and that after the last.
    pub(crate) fn bounds(self, calendar: &BankCalendar) -> Vec<Timestamp> {
        vec![calendar.first_moment(self.first), end(self.last, calendar)]
    }
}

/// A month as a label.
pub(crate) fn month_name(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// The last day that can be written has no next one, and no line is after it.
fn end(last: Date, calendar: &BankCalendar) -> Timestamp {
    last.tomorrow().map_or(Timestamp::MAX, |next| calendar.first_moment(next))
}

/// The first day of so many months, of which that of `last` is the last.
fn months_before(last: Date, months: i64) -> Date {
    let first = last.first_of_month().checked_sub((months - 1).months());
    // Before the beginning of the calendar are no months.
    first.unwrap_or(date(-9999, 1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_parts_of_the_period() {
        let period = ReportPeriod::new(date(2026, 1, 20), date(2026, 3, 5));
        let months = period.unwrap().months();
        let expected = [
            (date(2026, 1, 20), date(2026, 1, 31)),
            (date(2026, 2, 1), date(2026, 2, 28)),
            (date(2026, 3, 1), date(2026, 3, 5)),
        ];
        assert_eq!(months, expected);
        let last = date(9999, 12, 31);
        let end_of_time = ReportPeriod::new(last, last).unwrap();
        assert_eq!(end_of_time.months(), [(last, last)]);
        assert_eq!(end_of_time.moments(&BankCalendar::utc()).len(), 2);
    }

    #[test]
    fn period_has_an_end_after_its_start_and_two_years_at_most() {
        let today = date(2026, 3, 15);
        let of = ReportPeriod::new;
        assert_eq!(ReportPeriod::year_until(today).first(), date(2025, 4, 1));
        assert_eq!(of(today, date(2026, 3, 14)), Err(PeriodFault::EndBeforeStart));
        assert_eq!(of(date(2024, 4, 1), today).unwrap().months().len(), 24);
        assert_eq!(of(date(2024, 3, 31), today), Err(PeriodFault::TooLong(date(2024, 4, 1))));
    }
}
