//! A condition on a property has the meaning of the domain, with every operator.

use client_app::ports::{ClientStore, Search, Totals};
use client_domain::search::{Filter, Operator, Order, Predicate, Property, Word, field};
use client_domain::value::{AskedNumber, BirthDate, Country, NumberingPlan, PersonName, PhoneNumber};
use client_domain::{BankCalendar, Invalid};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::data_set::{commit_data_set, expected};
use super::given::{given_created, given_pending};
use super::observed::search_for;
use crate::fixtures::applicant;
use crate::fixtures::conditions;
use crate::harness::Harness;

/// The ids of the clients that the filter finds on a day, ascending.
async fn ids(store: &dyn ClientStore, filter: &Filter, today: jiff::civil::Date) -> Vec<i64> {
    ids_of(store, &Search { today, ..search_for(filter.check().unwrap(), Order::default()) }).await
}

/// The ids of the clients that the search finds, ascending.
async fn ids_of(store: &dyn ClientStore, search: &Search) -> Vec<i64> {
    let found = store.search(search).await.unwrap();
    assert_eq!(found.total, Totals::Exact.of(found.clients.len() as u64));
    let mut ids: Vec<_> = found.clients.iter().map(|client| client.id.get()).collect();
    ids.sort_unstable();
    ids
}

/// Every operator of every property finds exactly the clients for which it holds in the domain, with values that
/// clients have, that are directly beside those, and that no client has; so does the opposite of each.
pub async fn every_operator_of_every_property_agrees_with_the_domain(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    let (mut selective, mut total) = (0, 0);
    for one in conditions::all(&data_set) {
        let opposite = Predicate::Not(Box::new(one.clone()));
        for predicate in [one, opposite] {
            let search = search_for(predicate, Order::default());
            let holds = expected(&data_set, &search.predicate, &search.order);
            let found = fresh.store.search(&search).await.unwrap().clients;
            let found: Vec<_> = found.iter().map(|client| &client.key).collect();
            let keys: Vec<_> = holds.iter().map(client_domain::Client::key).collect();
            assert_eq!(found, keys, "{}", conditions::in_words(&search.predicate));
            total += 1;
            selective += usize::from(!keys.is_empty() && keys.len() < data_set.len());
        }
    }
    assert!(selective * 3 > total, "the conditions say little: {selective} of {total}");
}

/// Of the operators only those that begin with "not" and `IsEmpty` hold for a client without a value.
pub async fn only_opposites_hold_where_there_is_no_value(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    given_pending(store, applicant(1)).await;
    let mut other = applicant(2);
    other.details.middle_name = Some(PersonName::parse("Chinwe").unwrap());
    given_pending(store, other).await;

    let today = date(2026, 1, 5);
    for operator in Property::MiddleName.kind().operators() {
        for value in conditions::with(Property::MiddleName, *operator, &["Zz".into()]) {
            let search = Search { today, ..search_for(value, Order::default()) };
            let found = store.search(&search).await.unwrap().clients;
            let holds_for_none = found.iter().any(|client| client.id.get() == 1);
            let empty = matches!(operator, Operator::IsEmpty);
            let opposite = operator.is_negative() && *operator != Operator::IsNotEmpty;
            assert_eq!(holds_for_none, empty || opposite, "{operator:?}");
        }
    }
    let date = |filter: Filter| async move { ids(store, &filter, today).await };
    assert_eq!(date(field::DATE_APPROVED.not_on(today)).await, [1, 2]);
    assert_eq!(date(field::DATE_APPROVED.before(today)).await, [0; 0]);
    assert_eq!(date(field::DATE_APPROVED.is_empty()).await, [1, 2]);
    assert_eq!(date(field::ACCOUNT_OFFICER_ID.less_than(i64::MAX)).await, [0; 0]);
}

/// Groups combine what they hold, however deep: and, or, not.
pub async fn groups_combine_what_they_hold(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for n in 1..=4 {
        let mut application = applicant(n);
        application.details.first_name = PersonName::parse(if n % 2 == 0 { "Even" } else { "Odd" }).unwrap();
        given_pending(store, application).await;
    }
    let today = date(2026, 1, 5);
    let even = || field::FIRST_NAME.equals("even");
    let small = || field::ID.at_most(2);
    assert_eq!(ids(store, &even().and(small()), today).await, [2]);
    assert_eq!(ids(store, &even().or(small()), today).await, [1, 2, 4]);
    assert_eq!(ids(store, &!even().or(small()), today).await, [3]);
    assert_eq!(ids(store, &!(even().and(!small())).or(field::ID.equals(4)), today).await, [1, 2, 3]);
    assert_eq!(ids(store, &(!(!(!even()))).and(field::ID.is_in(vec![1, 4])), today).await, [1]);
}

/// Conditions relative to today use the day of the search, and days are those of UTC by default.
pub async fn days_are_those_of_the_search(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    // Created on Monday 5 January 2026, at nine in the morning.
    given_pending(store, applicant(1)).await;
    for (filter, first, last) in [
        (field::DATE_CREATED.today(), date(2026, 1, 5), date(2026, 1, 5)),
        (field::DATE_CREATED.this_week(), date(2026, 1, 5), date(2026, 1, 11)),
        (field::DATE_CREATED.this_month(), date(2026, 1, 1), date(2026, 1, 31)),
        (field::DATE_CREATED.this_year(), date(2026, 1, 1), date(2026, 12, 31)),
        (field::DATE_CREATED.last_days(3), date(2026, 1, 5), date(2026, 1, 8)),
        (field::DATE_CREATED.next_days(3), date(2026, 1, 2), date(2026, 1, 5)),
    ] {
        for (today, found) in [
            (first.yesterday().unwrap(), &[][..]),
            (first, &[1]),
            (last, &[1]),
            (last.tomorrow().unwrap(), &[]),
        ] {
            assert_eq!(ids(store, &filter, today).await, found, "{filter:?} {today}");
        }
    }
}

/// Days are those of the calendar that the predicate was given: in a time zone ahead of UTC, where clocks were put
/// forward over midnight, where they were put back over it, and where a day was left out.
pub async fn days_are_those_of_the_calendar(harness: &dyn Harness) {
    for (zone, day, first, last) in [
        ("Africa/Lagos", date(2026, 1, 5), "2026-01-04T23:00:00Z", "2026-01-05T22:59:59.999999Z"),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00Z", "2018-11-05T01:59:59.999999Z"),
        ("America/St_Johns", date(2006, 10, 29), "2006-10-29T02:30:00Z", "2006-10-30T03:29:59.999999Z"),
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-29T10:00:00Z", "2011-12-30T09:59:59.999999Z"),
    ] {
        let fresh = harness.fresh().await;
        let store = &*fresh.store;
        let calendar = BankCalendar::new(TimeZone::get(zone).unwrap());
        let (first, last): (Timestamp, Timestamp) = (first.parse().unwrap(), last.parse().unwrap());
        let microsecond = SignedDuration::from_micros(1);
        for (n, at) in [(1, first - microsecond), (2, first), (3, last), (4, last + microsecond)] {
            given_created(store, applicant(n), at).await;
        }
        let (before, after) = (day.yesterday().unwrap(), day.tomorrow().unwrap());
        for (filter, found) in [
            (field::DATE_CREATED.on(day), &[2, 3][..]),
            (field::DATE_CREATED.not_on(day), &[1, 4]),
            (field::DATE_CREATED.before(day), &[1]),
            (field::DATE_CREATED.on_or_before(day), &[1, 2, 3]),
            (field::DATE_CREATED.after(day), &[4]),
            (field::DATE_CREATED.on_or_after(day), &[2, 3, 4]),
            (field::DATE_CREATED.between(day, day), &[2, 3]),
            (
                field::DATE_CREATED.between(before, after),
                if zone == "Pacific/Apia" { &[1, 2, 3] } else { &[1, 2, 3, 4] },
            ),
            (field::DATE_CREATED.today(), &[2, 3]),
            (field::DATE_CREATED.last_days(1), &[1, 2, 3]),
        ] {
            let predicate = filter.check().unwrap().with_calendar(&calendar);
            let search = Search { today: day, ..search_for(predicate, Order::default()) };
            assert_eq!(ids_of(store, &search).await, found, "{zone} {filter:?}");
        }
    }
}

/// A day that a country left out is a day on which nothing happened.
pub async fn a_day_that_was_left_out_holds_nothing(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let apia = BankCalendar::new(TimeZone::get("Pacific/Apia").unwrap());
    let (missing, next) = (date(2011, 12, 30), date(2011, 12, 31));
    for (n, at) in [(1, apia.last_moment(date(2011, 12, 29))), (2, apia.first_moment(next))] {
        given_created(store, applicant(n), at).await;
    }
    for (filter, found) in [
        (field::DATE_CREATED.on(missing), &[][..]),
        (field::DATE_CREATED.not_on(missing), &[1, 2]),
        (field::DATE_CREATED.before(missing), &[1]),
        (field::DATE_CREATED.on_or_before(missing), &[1]),
        (field::DATE_CREATED.after(missing), &[2]),
        (field::DATE_CREATED.on_or_after(missing), &[2]),
        (field::DATE_CREATED.between(missing, missing), &[]),
        (field::DATE_CREATED.between(missing, next), &[2]),
        (field::DATE_CREATED.today(), &[]),
    ] {
        let predicate = filter.check().unwrap().with_calendar(&apia);
        let search = Search { today: missing, ..search_for(predicate, Order::default()) };
        assert_eq!(ids_of(store, &search).await, found, "{filter:?}");
    }
}

/// An age changes on the birthday; of a client born on 29 February, on 1 March where there is no such day.
pub async fn an_age_changes_on_the_birthday(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for (n, born) in [(1, date(2000, 2, 29)), (2, date(2000, 3, 1)), (3, date(1999, 12, 31))] {
        let mut application = applicant(n);
        application.birth_date = BirthDate::new(born, date(2026, 1, 1)).unwrap();
        given_pending(store, application).await;
    }
    let aged = |age: i64, today| async move { ids(store, &field::AGE.equals(age), today).await };
    assert_eq!(aged(25, date(2026, 2, 28)).await, [1, 2]);
    assert_eq!(aged(26, date(2026, 2, 28)).await, [3]);
    assert_eq!(aged(26, date(2026, 3, 1)).await, [1, 2, 3]);
    assert_eq!(aged(28, date(2028, 2, 29)).await, [1, 3]);
    let grown = |today| async move { ids(store, &field::AGE.at_least(27), today).await };
    assert_eq!(grown(date(2026, 12, 30)).await, [0; 0]);
    assert_eq!(grown(date(2026, 12, 31)).await, [3]);
}

/// A plan of one country, where national numbers begin with a zero.
#[derive(Debug)]
struct OneCountry;

impl NumberingPlan for OneCountry {
    fn parse(&self, typed: &str, _country: Option<Country>) -> Result<PhoneNumber, Invalid> {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let national = digits.strip_prefix("234").unwrap_or(&digits).trim_start_matches('0').to_owned();
        PhoneNumber::parse(&format!("+234{national}"))
    }

    fn asked(&self, typed: &str) -> AskedNumber {
        let Ok(number) = self.parse(typed, None) else { return AskedNumber::default() };
        let national = number.as_str().replacen("+234", "0", 1);
        let beginnings = vec![number.as_str().to_owned()];
        AskedNumber { numbers: vec![number.as_str().to_owned(), national], beginnings, is_certain: true }
    }
}

/// A predicate that a numbering plan was given finds a phone number in each of its forms, also where an earlier release
/// stored its national digits, and a search term that is a number finds no parts of other numbers.
pub async fn a_phone_number_is_found_in_every_form(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for (n, phone) in
        [(1, "+2348037770001"), (2, "08037770002"), (3, "+2348037774442"), (4, "+2348000010803")]
    {
        let mut application = applicant(n);
        application.details.phone = PhoneNumber::parse(phone).unwrap();
        given_pending(store, application).await;
    }
    let search_of = |predicate: Predicate| Search {
        today: date(2026, 1, 5),
        ..search_for(predicate.with_numbering(&OneCountry), Order::default())
    };
    for (n, forms) in [
        (1, ["0803 777 0001", "+234 803 777 0001", "+2348037770001"]),
        (2, ["0803 777 0002", "+234 803 777 0002", "+2348037770002"]),
    ] {
        for form in forms {
            let words = Predicate::of_words(Word::read(form).unwrap());
            assert_eq!(ids_of(store, &search_of(words)).await, [n], "{form}");
            for filter in [
                field::PHONE_NUMBER.equals(form),
                field::PHONE_NUMBER.ends_with(form),
                field::PHONE_NUMBER.is_in([form]),
                field::PHONE_NUMBER.equals_case_sensitive(form),
            ] {
                let search = search_of(filter.check().unwrap());
                assert_eq!(ids_of(store, &search).await, [n], "{filter:?} {form}");
                let opposite = search_of((!filter).check().unwrap());
                assert_eq!(ids_of(store, &opposite).await.len(), 3, "{form}");
            }
        }
    }
}
