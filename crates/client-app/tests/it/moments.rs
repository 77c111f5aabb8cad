//! A query has one moment: the clock is read once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use adapter_inmem::{CountingKeys, MemoryStore};
use client_app::Clients;
use client_app::ports::{ClientRef, Clock, Page, Totals};
use client_app::queries::{GetActions, GetClient, GetHistory, GetKyc, PreviewKycPolicy, SearchClients};
use client_domain::kyc::KycPolicy;
use client_domain::search::{Order, Predicate};
use jiff::Timestamp;

use crate::fixtures::{by, created};

/// A clock that is a day further whenever it is read.
#[derive(Default)]
struct Days(AtomicI64);

impl Clock for Days {
    fn now(&self) -> Timestamp {
        let day = self.0.fetch_add(1, Ordering::Relaxed);
        Timestamp::from_second(1_767_603_600 + day * 86_400).unwrap()
    }
}

#[tokio::test]
async fn every_query_reads_the_clock_once() {
    let clock = Arc::new(Days::default());
    let store = Arc::new(MemoryStore::new());
    let clients = Clients::new(store, clock.clone(), Arc::new(CountingKeys::default()));
    let client = ClientRef::Key(created(&clients).await);
    let reader = by("reader").caller;
    let readings = || clock.0.swap(0, Ordering::Relaxed);
    readings();

    clients.query(&reader, GetClient { client: client.clone() }).await.unwrap();
    assert_eq!(readings(), 1, "GetClient");
    clients.query(&reader, GetActions { client: client.clone() }).await.unwrap();
    assert_eq!(readings(), 1, "GetActions");
    clients.query(&reader, GetKyc { client: client.clone() }).await.unwrap();
    assert_eq!(readings(), 1, "GetKyc");
    clients.query(&reader, GetHistory { client, before: None, limit: 3 }).await.unwrap();
    assert_eq!(readings(), 1, "GetHistory");
    let all = SearchClients {
        predicate: Predicate::every_client(),
        order: Order::default(),
        page: Page::Skip(0),
        limit: 10,
        totals: Totals::Exact,
        today: None,
    };
    clients.query(&reader, all).await.unwrap();
    assert_eq!(readings(), 1, "SearchClients");
    let preview = PreviewKycPolicy { policy: KycPolicy::default(), after: None, limit: 10 };
    clients.query(&reader, preview).await.unwrap();
    assert_eq!(readings(), 1, "PreviewKycPolicy");
}
