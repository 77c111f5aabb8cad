//! A long read uses a snapshot, and blocks neither commits nor other requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use adapter_inmem::MemoryStore;
use client_app::ports::{Changeset, ClientStore, Committed, Page, Search, Totals};
use client_domain::search::{Order, Predicate, Word};
use store_conformance::fixtures::{creation, onboarded, outcome, request};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_search_does_not_block_commits() {
    const CLIENTS: i64 = 200;
    let store = MemoryStore::new();
    for n in 1..=CLIENTS {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
    }
    // Many conditions, of which every client meets each one, make the search long.
    let word = Word::split("okafor").unwrap().remove(0);
    let search = Search {
        predicate: Predicate::All(vec![Predicate::Mentions(word); 4_000]),
        order: Order::default(),
        page: Page::Skip(0),
        limit: usize::MAX,
        totals: Totals::Exact,
        today: jiff::civil::date(2026, 1, 5),
    };

    // A writer commits as fast as possible, and records the start and the end of each commit.
    let searching = Arc::new(AtomicBool::new(true));
    let (started, has_started) = tokio::sync::oneshot::channel();
    let writer = tokio::spawn({
        let (store, searching) = (store.clone(), Arc::clone(&searching));
        async move {
            let mut commits = Vec::new();
            let mut started = Some(started);
            for n in 0.. {
                let changeset = Changeset { outcome: Some(outcome(request(n), 1)), ..Changeset::default() };
                let begun = Instant::now();
                assert_eq!(store.commit(changeset).await.unwrap(), Committed::Done);
                commits.push((begun, Instant::now()));
                if let Some(started) = started.take() {
                    started.send(()).unwrap();
                }
                if !searching.load(Ordering::SeqCst) {
                    break;
                }
            }
            commits
        }
    });
    has_started.await.unwrap();

    let begun = Instant::now();
    let found = store.search(&search).await.unwrap();
    let done = Instant::now();
    searching.store(false, Ordering::SeqCst);

    assert_eq!(found.total, Totals::Exact.of(200));
    let commits = writer.await.unwrap();
    let meanwhile = commits.iter().filter(|(from, to)| begun < *from && *to < done).count();
    // A search that held the lock would allow one or two commits, before it takes the lock and after it.
    assert!(meanwhile > 20, "{meanwhile} commits while the search took {:?}", done - begun);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_searches_than_threads_do_not_block_other_requests() {
    const CLIENTS: i64 = 100;
    let store = MemoryStore::new();
    for n in 1..=CLIENTS {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
    }
    let word = Word::split("okafor").unwrap().remove(0);
    let search = Search {
        predicate: Predicate::All(vec![Predicate::Mentions(word); 4_000]),
        order: Order::default(),
        page: Page::Skip(0),
        limit: 1,
        totals: Totals::Exact,
        today: jiff::civil::date(2026, 1, 5),
    };
    let searches: Vec<_> = (0..8)
        .map(|_| {
            let (store, search) = (store.clone(), search.clone());
            tokio::spawn(async move { store.search(&search).await.unwrap().total })
        })
        .collect();
    // A later request is answered before the searches have ended.
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    let other = store.clone();
    tokio::spawn(async move { other.reserve_id().await.unwrap() }).await.unwrap();
    assert!(searches.iter().any(|search| !search.is_finished()), "the searches are too short for this test");
    for search in searches {
        assert_eq!(search.await.unwrap().map(|total| total.number), Some(100));
    }
}
