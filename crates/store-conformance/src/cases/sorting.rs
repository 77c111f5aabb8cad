//! A search returns clients in exactly the requested order.

use client_app::ports::ClientStore;
use client_domain::Client;
use client_domain::client::DetailsPatch;
use client_domain::search::{Direction, Order, Predicate, Property, Sortable};
use client_domain::value::PersonName;

use super::data_set::{commit_data_set, expected};
use super::given::{commit, given_pending};
use super::observed::search_for;
use crate::fixtures::{applicant, checker, creation, maker, replacement};
use crate::harness::Harness;

const DIRECTIONS: [Direction; 2] = [Direction::Ascending, Direction::Descending];

fn by(property: Property, direction: Direction) -> Order {
    Order::by(vec![(property, direction)]).unwrap()
}

async fn ids(store: &dyn ClientStore, order: Order) -> Vec<i64> {
    let found = store.search(&search_for(Predicate::every_client(), order)).await.unwrap();
    found.clients.iter().map(|client| client.id.get()).collect()
}

fn ids_of(clients: &[Client]) -> Vec<i64> {
    clients.iter().map(|client| client.id().get()).collect()
}

/// Unless asked otherwise the newest come first, and of clients of one moment the largest id.
pub async fn the_newest_come_first(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    for (n, second) in [(1, 10), (2, 30), (3, 20), (4, 30), (5, 10)] {
        commit(&*fresh.store, creation(&Client::onboard(applicant(n), &maker(second)))).await;
    }
    assert_eq!(ids(&*fresh.store, Order::default()).await, [4, 2, 3, 5, 1]);
}

/// Every property sorts, in both directions, as the domain compares it.
pub async fn every_property_sorts_both_ways(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    for property in Property::sortable() {
        for direction in DIRECTIONS {
            let order = by(property, direction);
            let sorted = ids_of(&expected(&data_set, &Predicate::every_client(), &order));
            assert_eq!(ids(&*fresh.store, order).await, sorted, "{property:?} {direction:?}");
        }
    }
}

/// A client without the value comes first when ascending and last when descending.
pub async fn no_value_sorts_before_every_value(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    let optional = [
        Property::MiddleName,
        Property::MaritalStatus,
        Property::ApprovalStatus,
        Property::BranchEncodedKey,
        Property::AccountOfficerId,
        Property::DateApproved,
        Property::DateActivated,
    ];
    for property in optional {
        let lacks = |id: &i64| {
            data_set.iter().any(|client| client.id().get() == *id && property.of(client) == Sortable::Nothing)
        };
        for direction in DIRECTIONS {
            let sorted = ids(&*fresh.store, by(property, direction)).await;
            let without = sorted.iter().filter(|id| lacks(id)).count();
            assert!(0 < without && without < sorted.len(), "{property:?}");
            let begins: Vec<_> = sorted.iter().map(lacks).collect();
            let edge = if direction == Direction::Ascending { without } else { sorted.len() - without };
            let ascending = direction == Direction::Ascending;
            assert!(begins[..edge].iter().all(|lacks| *lacks == ascending), "{property:?} {direction:?}");
        }
    }
}

/// Of equal ones the id decides, in the direction of the last property.
pub async fn the_id_breaks_ties(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    // Kept in an order that is neither.
    for n in [3, 1, 5, 2, 4] {
        given_pending(&*fresh.store, applicant(n)).await;
    }
    let (up, down) = (Direction::Ascending, Direction::Descending);
    assert_eq!(ids(&*fresh.store, by(Property::City, up)).await, [1, 2, 3, 4, 5]);
    assert_eq!(ids(&*fresh.store, by(Property::City, down)).await, [5, 4, 3, 2, 1]);
    let mixed = Order::by(vec![(Property::City, up), (Property::LastName, down)]).unwrap();
    assert_eq!(ids(&*fresh.store, mixed).await, [5, 4, 3, 2, 1]);
}

/// Several properties sort one after the other, each in its own direction.
pub async fn properties_sort_one_after_the_other(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    let keys = [Property::City, Property::MaritalStatus, Property::Gender, Property::FullName];
    for first in keys {
        for second in keys.into_iter().filter(|second| *second != first) {
            for one in DIRECTIONS {
                for other in DIRECTIONS {
                    let order = Order::by(vec![(first, one), (second, other), (Property::LastModified, one)])
                        .unwrap();
                    let sorted = ids_of(&expected(&data_set, &Predicate::every_client(), &order));
                    assert_eq!(ids(&*fresh.store, order.clone()).await, sorted, "{order:?}");
                }
            }
        }
    }
}

/// Text sorts without case and accents, and then by code points: no language's rules, no 16-bit units.
pub async fn text_sorts_folded_by_code_points(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let names = ["_c", "a", "B", "Á b", "z", "É", "ß", "st", "李", "\u{FA0E}", "𠮷", "Я", "Ω", "9", "10"];
    for (n, name) in (1..).zip(names) {
        let mut application = applicant(n);
        application.details.first_name = PersonName::parse(name).unwrap();
        given_pending(&*fresh.store, application).await;
    }
    let sorted = ids(&*fresh.store, by(Property::FirstName, Direction::Ascending)).await;
    let sorted: Vec<_> = sorted.iter().map(|id| names[usize::try_from(*id).unwrap() - 1]).collect();
    let expected = ["10", "9", "_c", "a", "Á b", "B", "É", "ß", "st", "z", "Ω", "Я", "李", "\u{FA0E}", "𠮷"];
    assert_eq!(sorted, expected);
}

/// The order is that of the clients as they are now.
pub async fn the_order_follows_a_change(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_pending(&*fresh.store, applicant(1)).await;
    given_pending(&*fresh.store, applicant(2)).await;
    given_pending(&*fresh.store, applicant(3)).await;
    let patch = DetailsPatch { first_name: PersonName::parse("Zainab").ok(), ..DetailsPatch::default() };
    let later = ada
        .update(patch, &client_domain::lifecycle::Facts::without_controls(), &checker(100))
        .unwrap()
        .change()
        .unwrap();
    for property in [Property::LastModified, Property::FirstName] {
        assert_eq!(ids(&*fresh.store, by(property, Direction::Descending)).await, [3, 2, 1]);
    }
    commit(&*fresh.store, replacement(&ada, &later)).await;
    for property in [Property::LastModified, Property::FirstName] {
        assert_eq!(ids(&*fresh.store, by(property, Direction::Descending)).await, [1, 3, 2]);
    }
}
