//! Nobody waits for a reader, and a read that takes long sees one moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use adapter_inmem::MemoryStore;
use client_app::conformance::fixtures::{creation, onboarded};
use client_app::ports::{ClientStore, Committed, Page, Search};
use client_domain::search::{Order, Predicate, Word};

const CLIENTS: i64 = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_search_does_not_keep_commits_waiting() {
    let store = MemoryStore::new();
    for n in 1..=CLIENTS {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
    }

    // Ten words that are looked for in everybody's text: as long as a search can be made to take.
    let words = Word::split("adaeze okafor example.com + c c c c c c").unwrap();
    let search = Search {
        predicate: Predicate::All(words.into_iter().map(Predicate::Mentions).collect()),
        order: Order::default(),
        page: Page::Skip(0),
        limit: usize::MAX,
        count: true,
    };
    let (searching, committed) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
    let writer = tokio::spawn({
        let (store, searching, committed) = (store.clone(), Arc::clone(&searching), Arc::clone(&committed));
        async move {
            let mut n = CLIENTS;
            while searching.load(Ordering::SeqCst) {
                n += 1;
                assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
                committed.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    while committed.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }

    let before = committed.load(Ordering::SeqCst);
    let found = store.search(&search).await.unwrap();
    let during = committed.load(Ordering::SeqCst) - before;
    searching.store(false, Ordering::SeqCst);
    writer.await.unwrap();

    assert_eq!(found.total, Some(found.clients.len() as u64), "one moment");
    assert!(during > 1, "commits went on while the search looked at everybody: {during}");
}
