//! Page by page, every client is returned exactly once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use client_app::ports::{ClientStore, Found, Page, Search, Total, Totals};
use client_domain::ClientState;
use client_domain::search::{Direction, Order, Position, Predicate, Property, Sortable, Word, field};
use client_domain::value::ClientId;

use super::data_set::{commit_data_set, expected};
use super::given::{commit, given_pending};
use super::observed::{find, search_for};
use crate::fixtures::{applicant, renamed, replacement};
use crate::harness::{Harness, Racer, race};

fn by(property: Property, direction: Direction) -> Order {
    Order::by(vec![(property, direction)]).unwrap()
}

fn ids(found: &Found) -> Vec<i64> {
    found.clients.iter().map(|client| client.id.get()).collect()
}

async fn page(store: &dyn ClientStore, search: &Search, page: Page) -> Found {
    store.search(&Search { page, ..search.clone() }).await.unwrap()
}

/// Follows `next` from the beginning to the end.
async fn walk(store: &dyn ClientStore, search: &Search) -> Vec<i64> {
    let mut walked = Vec::new();
    let mut at = Page::Skip(0);
    loop {
        let found = page(store, search, at).await;
        assert!(found.clients.len() <= search.limit);
        walked.extend(ids(&found));
        match found.next {
            Some(next) => at = Page::After(next),
            None => return walked,
        }
        assert!(walked.len() < 1_000, "the walk does not end");
    }
}

async fn seven(store: &dyn ClientStore, limit: usize) -> Search {
    for n in 1..=7 {
        given_pending(store, applicant(n)).await;
    }
    Search { limit, ..search_for(Predicate::every_client(), by(Property::Id, Direction::Ascending)) }
}

/// A page has no more than its limit, and `next` is the position of its last client exactly if others follow.
pub async fn a_page_has_its_limit_and_says_what_follows(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let seven = seven(&*fresh.store, 1).await;
    for limit in [1, 3, 6, 7, 8, 1_000] {
        let search = Search { limit, ..seven.clone() };
        let found = page(&*fresh.store, &search, Page::Skip(0)).await;
        assert_eq!(found.clients.len(), limit.min(7));
        let last = find_id(&*fresh.store, limit.min(7)).await;
        assert_eq!(found.next, (limit < 7).then(|| search.order.position(&last)), "{limit}");
    }
}

async fn find_id(store: &dyn ClientStore, id: usize) -> client_domain::Client {
    let id = ClientId::new(i64::try_from(id).unwrap()).unwrap();
    store.find(&client_app::ports::ClientRef::Id(id)).await.unwrap().unwrap()
}

/// Skipping page by page returns every client exactly once, in order.
pub async fn skipping_returns_every_client_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let search = seven(&*fresh.store, 3).await;
    for (skip, expected, more) in [
        (0, &[1, 2, 3][..], true),
        (3, &[4, 5, 6], true),
        (4, &[5, 6, 7], false),
        (6, &[7], false),
        (7, &[], false),
        (u64::from(u32::MAX), &[], false),
        (i64::MAX.cast_unsigned(), &[], false),
        (u64::MAX, &[], false),
    ] {
        let found = page(&*fresh.store, &search, Page::Skip(skip)).await;
        assert_eq!(ids(&found), expected, "{skip}");
        assert_eq!(found.next.is_some(), more, "{skip}");
        assert_eq!(found.total, Totals::Exact.of(7), "{skip}");
    }
}

/// Following `next` returns every client exactly once, by every property, in both directions, with equal and empty values.
pub async fn following_returns_every_client_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    for property in Property::sortable() {
        for direction in [Direction::Ascending, Direction::Descending] {
            let order = by(property, direction);
            let sorted: Vec<_> = expected(&data_set, &Predicate::every_client(), &order)
                .iter()
                .map(|client| client.id().get())
                .collect();
            let search = Search { limit: 5, ..search_for(Predicate::every_client(), order) };
            assert_eq!(walk(&*fresh.store, &search).await, sorted, "{property:?} {direction:?}");
        }
    }
}

/// Following works by several properties in different directions, one client at a time, and under a condition.
pub async fn following_works_by_several_properties(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    let (up, down) = (Direction::Ascending, Direction::Descending);
    let predicate = Predicate::in_states([ClientState::Active, ClientState::PendingApproval]);
    for (one, two, three) in
        [(up, up, up), (up, down, up), (down, up, up), (up, down, down), (down, up, down)]
    {
        let keys =
            vec![(Property::MaritalStatus, one), (Property::City, two), (Property::DateApproved, three)];
        let order = Order::by(keys).unwrap();
        for predicate in [Predicate::every_client(), predicate.clone()] {
            let sorted: Vec<_> =
                expected(&data_set, &predicate, &order).iter().map(|client| client.id().get()).collect();
            let search = Search { limit: 1, ..search_for(predicate, order.clone()) };
            assert_eq!(walk(&*fresh.store, &search).await, sorted, "{order:?}");
        }
    }
}

/// A position needs no client: it works when its client has moved away from it …
pub async fn position_outlives_a_move_of_its_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    for (n, name) in (1..).zip(["Ada", "Bola", "Chidi", "Dayo"]) {
        let mut application = applicant(n);
        application.details.first_name = client_domain::value::PersonName::parse(name).unwrap();
        given_pending(store, application).await;
    }
    let order = by(Property::FirstName, Direction::Ascending);
    let search = Search { limit: 2, ..search_for(Predicate::every_client(), order) };
    let first = page(store, &search, Page::Skip(0)).await;
    assert_eq!(ids(&first), [1, 2]);

    let bola = find_id(store, 2).await;
    commit(store, replacement(&bola, &renamed(&bola, "Zainab"))).await;
    let second = page(store, &search, Page::After(first.next.unwrap())).await;
    assert_eq!(ids(&second), [3, 4]);
    let third = page(store, &search, Page::After(second.next.unwrap())).await;
    assert_eq!(ids(&third), [2], "a client that moves behind the position comes once more");
    assert_eq!(find(store, &bola).await.unwrap().snapshot().details.first_name.as_str(), "Zainab");
}

/// … and when no client ever was at it.
pub async fn a_position_needs_no_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let search = seven(&*fresh.store, 3).await;
    let at = |number: i64, id: i64| {
        Page::After(Position { values: vec![Sortable::Number(number)], id: ClientId::new(id).unwrap() })
    };
    assert_eq!(ids(&page(&*fresh.store, &search, at(4, 99)).await), [5, 6, 7]);
    assert_eq!(ids(&page(&*fresh.store, &search, at(0, 99)).await), [1, 2, 3]);
    assert_eq!(ids(&page(&*fresh.store, &search, at(7, 7)).await), [0; 0]);
    let nothing = Page::After(Position { values: vec![Sortable::Nothing], id: ClientId::new(5).unwrap() });
    assert_eq!(ids(&page(&*fresh.store, &search, nothing).await), [1, 2, 3]);
}

/// The total counts every client for which the predicate holds, whichever page is read; it is present exactly if it was
/// requested.
pub async fn total_counts_every_match(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    let predicate = Predicate::in_states([ClientState::Active, ClientState::Exited]);
    let all = expected(&data_set, &predicate, &Order::default());
    assert!(all.len() > 2);
    let search = Search { limit: 2, ..search_for(predicate, Order::default()) };
    let last = search.order.position(&all[all.len() - 1]);
    for at in [Page::Skip(0), Page::Skip(1), Page::Skip(1_000), Page::After(last)] {
        let found = page(&*fresh.store, &search, at.clone()).await;
        assert_eq!(found.total, Totals::Exact.of(all.len() as u64), "{at:?}");
        let uncounted = Search { totals: Totals::None, ..search.clone() };
        assert_eq!(page(&*fresh.store, &uncounted, at).await.total, None);
    }
    let unknown = search_for(Predicate::in_states([]), Order::default());
    let found = page(&*fresh.store, &unknown, Page::Skip(0)).await;
    assert_eq!((found.total, found.next, found.clients.len()), (Totals::Exact.of(0), None, 0));
}

/// A total with a bound counts no further: it is the bound, and says whether there are more.
pub async fn bounded_total_ends_at_its_bound(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let data_set = commit_data_set(&*fresh.store).await;
    let word = Predicate::of_words(Word::read("okafor").unwrap());
    let city = field::CITY.equals("Ikeja").check().unwrap();
    for predicate in [Predicate::every_client(), word, city, Predicate::in_states([])] {
        let all = expected(&data_set, &predicate, &Order::default()).len();
        let search = Search { limit: 2, ..search_for(predicate, Order::default()) };
        for bound in [0, 1, all.saturating_sub(1), all, all + 1] {
            for at in [Page::Skip(0), Page::Skip(1_000)] {
                let bounded = Search { totals: Totals::UpTo(bound), ..search.clone() };
                let found = page(&*fresh.store, &bounded, at).await;
                let wanted = Total { number: all.min(bound) as u64, is_complete: all <= bound };
                assert_eq!(found.total, Some(wanted), "{all} up to {bound}");
            }
        }
    }
}

/// A client that was there when a walk began is returned exactly once, even while others are onboarded.
pub async fn walk_returns_every_client_once_during_inserts(harness: &dyn Harness) {
    for direction in [Direction::Ascending, Direction::Descending] {
        let fresh = harness.fresh().await;
        let store = &*fresh.store;
        for n in (2..=20).step_by(2) {
            given_pending(store, applicant(n)).await;
        }
        let search =
            Search { limit: 3, ..search_for(Predicate::every_client(), by(Property::Id, direction)) };
        let mut walked = Vec::new();
        let mut at = Page::Skip(0);
        let mut newcomer = 1;
        loop {
            let found = page(store, &search, at).await;
            walked.extend(ids(&found));
            let Some(next) = found.next else { break };
            at = Page::After(next);
            given_pending(store, applicant(newcomer)).await;
            given_pending(store, applicant(newcomer + 10)).await;
            newcomer += 2;
        }
        let met: BTreeSet<_> = walked.iter().copied().collect();
        assert_eq!(met.len(), walked.len(), "no client comes twice");
        assert!((2..=20).step_by(2).all(|n| met.contains(&n)), "{walked:?}");
    }
}

/// A client that is there throughout is returned exactly once to each of many concurrent walks, by id and by default, even while
/// others are onboarded on all sides of them and they themselves are updated.
pub async fn walk_returns_every_client_once_during_updates(harness: &dyn Harness) {
    const WALKERS: usize = 10;
    const WRITERS: i64 = 3;
    const RESIDENTS: i64 = 18;
    let fresh = harness.fresh().await;
    for n in 1..=RESIDENTS {
        given_pending(&*fresh.store, applicant(10 * n)).await;
    }
    let writing = Arc::new(AtomicUsize::new(usize::try_from(WRITERS).unwrap()));
    let writers = (1..=WRITERS).map(|writer| {
        let (store, writing) = (Arc::clone(&fresh.store), Arc::clone(&writing));
        Box::pin(async move {
            for n in (0..=RESIDENTS).rev() {
                // Moment and id of a newcomer lie between those of two residents, and updates are each writer's own.
                given_pending(&*store, applicant(10 * n + writer)).await;
                if n > 0 && n % WRITERS == writer - 1 {
                    let resident = find_id(&*store, usize::try_from(10 * n).unwrap()).await;
                    let name = if n % 2 == 0 { "Aaron" } else { "Zainab" };
                    commit(&*store, replacement(&resident, &renamed(&resident, name))).await;
                }
            }
            writing.fetch_sub(1, Ordering::SeqCst);
        }) as Racer
    });
    let walkers = (0..WALKERS).map(|walker| {
        let (store, writing) = (Arc::clone(&fresh.store), Arc::clone(&writing));
        let order = match walker % 3 {
            0 => Order::default(),
            1 => by(Property::Id, Direction::Ascending),
            _ => by(Property::Id, Direction::Descending),
        };
        let search = Search { limit: 3, ..search_for(Predicate::every_client(), order) };
        Box::pin(async move {
            // The last walk begins when all has been written, so that there always is one.
            let mut last = false;
            while !last {
                last = writing.load(Ordering::SeqCst) == 0;
                let walked = walk(&*store, &search).await;
                let met: BTreeSet<_> = walked.iter().copied().collect();
                assert_eq!(met.len(), walked.len(), "no client comes twice: {walked:?}");
                let missed: Vec<_> = (1..=RESIDENTS).map(|n| 10 * n).filter(|n| !met.contains(n)).collect();
                assert!(missed.is_empty(), "{missed:?} were there throughout: {walked:?}");
            }
        }) as Racer
    });
    race(harness, writers.chain(walkers)).await;
    let all_clients =
        page(&*fresh.store, &search_for(Predicate::every_client(), Order::default()), Page::Skip(0)).await;
    assert_eq!(all_clients.total, Totals::Exact.of((RESIDENTS + WRITERS * (RESIDENTS + 1)).cast_unsigned()));
    let renamed = all_clients.clients.iter().filter(|client| client.version.get() == 2).count();
    assert_eq!(renamed, usize::try_from(RESIDENTS).unwrap(), "every resident was updated meanwhile");
}
