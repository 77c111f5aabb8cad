//! A condition on a property means what the domain says, by every operator.

use client_app::ports::{ClientStore, Search};
use client_domain::search::{Filter, Operator, Order, Predicate, Property, field};
use client_domain::value::{BirthDate, PersonName};
use jiff::civil::date;

use super::data_set::{commit_data_set, expected};
use super::given::given_pending;
use super::observed::search_for;
use crate::fixtures::applicant;
use crate::fixtures::conditions;
use crate::harness::Harness;

/// The ids of whom the filter finds on a day, ascending.
async fn ids(store: &dyn ClientStore, filter: &Filter, today: jiff::civil::Date) -> Vec<i64> {
    let search = Search { today, ..search_for(filter.check().unwrap(), Order::default()) };
    let found = store.search(&search).await.unwrap();
    assert_eq!(found.total, Some(found.clients.len() as u64));
    let mut ids: Vec<_> = found.clients.iter().map(|client| client.id.get()).collect();
    ids.sort_unstable();
    ids
}

/// Every operator of every property finds exactly those for whom the domain says that it holds, with values that
/// clients have, that lie right beside those, and that no client has; so does the opposite of each.
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
            let written = serde_json::to_string(&search.predicate).unwrap();
            assert_eq!(found, keys, "{written}");
            total += 1;
            selective += usize::from(!keys.is_empty() && keys.len() < data_set.len());
        }
    }
    assert!(selective * 3 > total, "the conditions say little: {selective} of {total}");
}

/// Operators that begin with "not" hold for a client who has no value, and no other does but `IsEmpty`.
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

/// What is about today is about the day that the search names, and days are those of UTC.
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
