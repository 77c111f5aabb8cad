//! Two releases side by side: this one, and a newer one that writes kinds which this one does not know.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use adapter_postgres::PostgresStore;
use async_trait::async_trait;
use client_app::ports::{
    ClientRef, ClientStore, Clock, Committed, EventReceiver, HistoryPage, Outbox, OutboxEvent, Page,
    ReceiverName, Rejection, Search, Totals,
};
use client_app::relay::{PollBackoff, PollBackoffSettings, Relay, RelaySettings};
use client_domain::kyc::DocumentKind;
use client_domain::search::{Order, Predicate};
use client_domain::{ClientField, EventKind};
use jiff::Timestamp;
use store_conformance::fixtures::documents::documents_of;
use store_conformance::fixtures::{applicant, creation, moment, onboarded, renamed, replacement};
use tokio::sync::Mutex;

use crate::database::Database;

/// Writes past the triggers, as a newer release would write.
async fn as_newer_release(database: &Database, sql: &str) {
    database.run_past_triggers(sql).await;
}

async fn clients(store: &PostgresStore, numbers: std::ops::RangeInclusive<i64>) {
    for n in numbers {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
    }
}

#[derive(Default)]
struct Heard(Mutex<Vec<OutboxEvent>>);

#[async_trait]
impl EventReceiver for Heard {
    async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection> {
        self.0.lock().await.push(event.clone());
        Ok(())
    }
}

#[derive(Debug)]
struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        moment(100)
    }
}

/// Fifty clients, the event of one of them of a kind to come: all fifty are delivered in one round.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_a_newer_kind_is_delivered_unchanged() {
    let database = Database::fresh().await;
    let store = database.store().await;
    clients(&store, 1..=50).await;
    let key = applicant(20).key;
    as_newer_release(
        &database,
        &format!("UPDATE client_outbox SET event = 'ClientMerged' WHERE client_key = '{}'", key.as_str()),
    )
    .await;
    let heard = Arc::new(Heard::default());
    let relay = Relay::new(Arc::new(store), heard.clone(), Arc::new(Now), RelaySettings::default());
    let mut backoff = PollBackoff::new(PollBackoffSettings::default());
    let round = relay.round(backoff.limit()).await.unwrap();
    assert_eq!((round.taken, round.delivered), (50, 50));
    assert_eq!((backoff.after(&round), backoff.limit()), (Duration::ZERO, 100));
    let heard = heard.0.lock().await;
    let merged = heard.iter().find(|event| event.client == key).unwrap();
    assert_eq!(merged.kind, EventKind::Newer("ClientMerged"));
    assert_eq!(merged.to_cloud_event()["type"], "clients.ClientMerged.v1");
}

/// An unreadable event delays its own client only, and a release that can read it gets it soon.
#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_event_delays_its_client_only() {
    let database = Database::fresh().await;
    let store = database.store().await;
    clients(&store, 1..=50).await;
    let before = onboarded(7).client;
    let change = renamed(&before, "Ngozi");
    assert_eq!(store.commit(replacement(&before, &change)).await.unwrap(), Committed::Done);
    let key = applicant(7).key;
    as_newer_release(
        &database,
        &format!(
            "UPDATE client_outbox SET event = '? {}' WHERE client_key = '{}' AND version = 1",
            "x".repeat(70),
            key.as_str()
        ),
    )
    .await;

    let taken = store.take(&ReceiverName::DEFAULT, 100, moment(0), moment(120)).await.unwrap();
    assert_eq!(taken.len(), 49);
    assert!(taken.iter().all(|taken| taken.event.client != key), "its later event waits as well");
    let settled: Vec<_> = taken
        .iter()
        .map(|taken| taken.settle(client_app::ports::Verdict::Delivered { at: moment(1) }))
        .collect();
    store.settle(&ReceiverName::DEFAULT, &settled).await.unwrap();
    assert_eq!(
        store.take(&ReceiverName::DEFAULT, 100, moment(5), moment(120)).await.unwrap(),
        [],
        "it is left alone for a while"
    );

    as_newer_release(&database, "UPDATE client_outbox SET event = 'ClientCreated' WHERE event LIKE '? %'")
        .await;
    let taken = store.take(&ReceiverName::DEFAULT, 100, moment(11), moment(120)).await.unwrap();
    let versions: Vec<_> = taken.iter().map(|taken| taken.event.version.get()).collect();
    assert_eq!(versions, [1, 2], "long before the lease of the first attempt ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_line_of_a_newer_kind_is_shown_by_its_name() {
    let database = Database::fresh().await;
    let store = database.store().await;
    clients(&store, 1..=1).await;
    as_newer_release(
        &database,
        "UPDATE client_history SET event = 'ClientMerged', changed = 'firstName,nickname'",
    )
    .await;
    let page = HistoryPage { before: None, after: None, events: &[], limit: 9, with_values: true };
    let lines = store.history(&applicant(1).key, page).await.unwrap();
    assert_eq!(lines[0].event.kind.name(), "ClientMerged");
    assert_eq!(lines[0].event.changed, [ClientField::FirstName, ClientField::Newer("nickname")]);
}

/// It is shown, it survives a change by this release, and it is evidence of nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_a_newer_kind_is_shown_and_kept() {
    let database = Database::fresh().await;
    let store = database.store().await;
    clients(&store, 1..=1).await;
    let mut client = onboarded(1).client;
    for step in documents_of(2, &client) {
        assert_eq!(store.commit(replacement(&client, &step)).await.unwrap(), Committed::Done);
        client = step.client;
    }
    as_newer_release(
        &database,
        "ALTER TABLE client_document DROP CONSTRAINT client_document_choices_known;
        UPDATE client_document SET kind = 9 WHERE place = 0",
    )
    .await;
    let name = ClientRef::Key(applicant(1).key);
    let read = store.find(&name).await.unwrap().unwrap();
    assert_eq!(read.kyc().documents[0].kind, DocumentKind::Newer(9));
    assert_eq!(DocumentKind::Newer(9).name(), "Unknown");
    assert!(DocumentKind::ALL.iter().all(|kind| *kind != DocumentKind::Newer(9)));
    let renamed = renamed(&read, "Ngozi");
    assert_eq!(store.commit(replacement(&read, &renamed)).await.unwrap(), Committed::Done);
    assert_eq!(store.find(&name).await.unwrap(), Some(renamed.client));
}

/// A client that cannot be read at all is left out of a list and does not keep others from it.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_cannot_be_read_does_not_fail_a_list() {
    let database = Database::fresh().await;
    let store = database.store().await;
    clients(&store, 1..=3).await;
    as_newer_release(
        &database,
        &format!("UPDATE client SET phone = '?' WHERE client_key = '{}'", applicant(2).key.as_str()),
    )
    .await;
    let search = Search {
        predicate: Predicate::every_client(),
        order: Order::default(),
        page: Page::Skip(0),
        limit: 10,
        totals: Totals::None,
        today: jiff::civil::date(2026, 1, 5),
    };
    let found: BTreeSet<_> =
        store.search(&search).await.unwrap().clients.into_iter().map(|client| client.key).collect();
    assert_eq!(found, BTreeSet::from([applicant(1).key, applicant(3).key]));
    assert!(store.find(&ClientRef::Key(applicant(2).key)).await.is_err(), "by itself it is an error");
}
