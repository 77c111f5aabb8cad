//! Days and moments as spans: the meaning of "this week", "before that day" and "30 years old".

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::criterion::{Criterion, Span};
use super::operator::Operator;
use super::property::PropertyKind;
use super::sortable::Sortable;
use crate::bank_calendar::BankCalendar;

/// The first and the last day of the period of an operator, relative to a day; none if the operator has none.
pub(super) fn window(operator: Operator, days: i64, today: Date) -> Option<(Date, Date)> {
    Some(match operator {
        Operator::Today => (today, today),
        Operator::ThisWeek => {
            let monday = today.saturating_sub(i64::from(today.weekday().since(Weekday::Monday)).days());
            (monday, monday.saturating_add(6.days()))
        }
        Operator::ThisMonth => (today.first_of_month(), today.last_of_month()),
        Operator::ThisYear => (today.first_of_year(), today.last_of_year()),
        Operator::LastDays => (today.saturating_sub(days.days()), today),
        Operator::NextDays => (today, today.saturating_add(days.days())),
        _ => return None,
    })
}

/// The first and the last value of a property of this kind that belong to a day: the day itself, or its first
/// and its last microsecond. A day without a moment ends before it begins.
pub(super) fn day(day: Date, kind: PropertyKind, calendar: &BankCalendar) -> (Sortable, Sortable) {
    if kind != PropertyKind::Time {
        return (Sortable::Day(day), Sortable::Day(day));
    }
    (Sortable::Moment(calendar.first_moment(day)), Sortable::Moment(calendar.last_moment(day)))
}

/// The span of a comparison with the values from `first` to `last`.
pub(super) fn compared(operator: Operator, first: Sortable, last: Sortable) -> Criterion {
    let (from, to) = match operator {
        Operator::Before | Operator::LessThan => match before(&first) {
            None => return Criterion::never(),
            to => (None, to),
        },
        Operator::After | Operator::GreaterThan => match after(&last) {
            None => return Criterion::never(),
            from => (from, None),
        },
        Operator::BeforeOrOn | Operator::LessThanOrEqual => (None, Some(last)),
        Operator::AfterOrOn | Operator::GreaterThanOrEqual => (Some(first), None),
        _ => (Some(first), Some(last)),
    };
    Criterion::Within(vec![Span { from, to }])
}

/// The value directly before another, if there is one.
fn before(value: &Sortable) -> Option<Sortable> {
    match value {
        Sortable::Number(number) => number.checked_sub(1).map(Sortable::Number),
        Sortable::Day(day) => day.yesterday().ok().map(Sortable::Day),
        Sortable::Moment(moment) => moment.checked_sub(1.microsecond()).ok().map(Sortable::Moment),
        Sortable::Nothing | Sortable::Text(_) => None,
    }
}

/// The value directly after another, if there is one.
fn after(value: &Sortable) -> Option<Sortable> {
    match value {
        Sortable::Number(number) => number.checked_add(1).map(Sortable::Number),
        Sortable::Day(day) => day.tomorrow().ok().map(Sortable::Day),
        Sortable::Moment(moment) => moment.checked_add(1.microsecond()).ok().map(Sortable::Moment),
        Sortable::Nothing | Sortable::Text(_) => None,
    }
}

/// A condition on the age as a condition on the day of birth.
///
/// An age is the number of birthdays that a person has had. A person born on 29 February has a birthday on 1
/// March in other years.
pub(super) fn births(ages: &Criterion, today: Date) -> Criterion {
    let number = |end: &Option<Sortable>| match end {
        Some(Sortable::Number(number)) => Some(*number),
        _ => None,
    };
    match ages {
        Criterion::Within(spans) => Criterion::Within(
            spans.iter().filter_map(|span| born(number(&span.from), number(&span.to), today)).collect(),
        ),
        Criterion::OneOf(values) => Criterion::Within(
            values
                .iter()
                .map(|value| number(&Some(value.clone())))
                .filter_map(|age| born(age, age, today))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// The days of birth of clients who are from `youngest` to `oldest` years old; none if no client can be.
fn born(youngest: Option<i64>, oldest: Option<i64>, today: Date) -> Option<Span> {
    let to = match youngest.map(|age| latest(age, today)) {
        None | Some(Latest::Later) => None,
        Some(Latest::Earlier) => return None,
        Some(Latest::On(day)) => Some(Sortable::Day(day)),
    };
    let from = match oldest.and_then(|age| age.checked_add(1)).map(|age| latest(age, today)) {
        None | Some(Latest::Earlier) => None,
        Some(Latest::Later) => return None,
        Some(Latest::On(day)) => Some(Sortable::Day(day.tomorrow().ok()?)),
    };
    Some(Span { from, to })
}

/// The latest day of birth of a client of at least this age.
enum Latest {
    On(Date),
    Earlier,
    Later,
}

fn latest(age: i64, today: Date) -> Latest {
    let Some(year) = i64::from(today.year()).checked_sub(age) else {
        return if age > 0 { Latest::Earlier } else { Latest::Later };
    };
    let days = |year: i16| Date::new(year, today.month(), 1).map(|first| first.days_in_month());
    let day = i16::try_from(year).ok().and_then(|year| {
        let last = days(year).ok()?;
        Date::new(year, today.month(), today.day().min(last)).ok()
    });
    match day {
        Some(day) => Latest::On(day),
        None if age > 0 => Latest::Earlier,
        None => Latest::Later,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn periods_hold_whole_days_and_begin_on_monday() {
        let sunday = date(2026, 3, 1);
        let on = |operator, days| window(operator, days, sunday).unwrap();
        assert_eq!(on(Operator::Today, 0), (sunday, sunday));
        assert_eq!(on(Operator::ThisWeek, 0), (date(2026, 2, 23), sunday));
        assert_eq!(on(Operator::ThisMonth, 0), (sunday, date(2026, 3, 31)));
        assert_eq!(on(Operator::ThisYear, 0), (date(2026, 1, 1), date(2026, 12, 31)));
        assert_eq!(on(Operator::LastDays, 1), (date(2026, 2, 28), sunday));
        assert_eq!(on(Operator::NextDays, 30), (sunday, date(2026, 3, 31)));
        let monday = date(2024, 2, 26);
        assert_eq!(window(Operator::ThisWeek, 0, monday), Some((monday, date(2024, 3, 3))));
        assert_eq!(window(Operator::Before, 0, monday), None);
    }

    /// The number of birthdays since a day of birth, counted one by one.
    fn age(born: Date, today: Date) -> i64 {
        let years = i64::from(today.year()) - i64::from(born.year());
        years - i64::from((today.month(), today.day()) < (born.month(), born.day()))
    }

    #[test]
    fn somebody_born_on_29_february_has_the_birthday_on_1_march() {
        let born = date(2004, 2, 29);
        let holds = |n, today| {
            let ages = Criterion::OneOf([Sortable::Number(n)].into());
            births(&ages, today).is_met_by_value(&Sortable::Day(born))
        };
        assert!(holds(20, date(2025, 2, 28)) && !holds(21, date(2025, 2, 28)));
        assert!(holds(21, date(2025, 3, 1)) && !holds(20, date(2025, 3, 1)));
        assert!(holds(24, date(2028, 2, 29)) && holds(23, date(2028, 2, 28)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn a_span_of_births_is_a_span_of_ages(
            born in (1900_i16..2030, 1_i8..=12, 1_i8..=29),
            today in (1990_i16..2030, 1_i8..=12, 1_i8..=29),
            from in prop::option::of(prop_oneof![-2_i64..120, Just(i64::MIN), Just(i64::MAX), Just(13_000), Just(-9_000)]),
            more in prop::option::of(0_i64..60),
        ) {
            let day = |(year, month, day)| Date::new(year, month, day);
            if let (Ok(born), Ok(today)) = (day(born), day(today)) {
                let to = match (from, more) {
                    (Some(from), Some(more)) => Some(from.saturating_add(more)),
                    (None, more) => more,
                    _ => None,
                };
                let ages = Criterion::Within(vec![Span {
                    from: from.map(Sortable::Number),
                    to: to.map(Sortable::Number),
                }]);
                let wanted = ages.is_met_by_value(&Sortable::Number(age(born, today)));
                let found = births(&ages, today).is_met_by_value(&Sortable::Day(born));
                prop_assert_eq!(found, wanted, "{} {}", born, today);
            }
        }
    }
}
