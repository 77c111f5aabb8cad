//! A receiver that is registered while clients are committed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use adapter_postgres::PostgresStore;
use client_app::ports::{ClientStore as _, Committed, EventFilter, Outbox as _, ReceiverName, Verdict};
use sqlx::Row as _;
use store_conformance::fixtures::{creation, moment, onboarded, renamed, replacement};

use crate::database::Database;

const ROUNDS: i64 = 4;
const WRITERS: i64 = 4;
/// Every commit goes on for this long after its events were added to the queues, so that a registration meets it there.
const SLOW_COMMITS: &str = "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(0.004); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER lingering AFTER INSERT ON client_outbox DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION linger()";

/// Changes one client again and again until it is told to stop, and once more after that.
async fn write(store: PostgresStore, number: i64, stop: Arc<AtomicBool>) {
    let mut client = onboarded(number).client;
    assert_eq!(store.commit(creation(&onboarded(number))).await.unwrap(), Committed::Done);
    for name in ["Ngozi", "Ifeoma"].into_iter().cycle() {
        let is_last = stop.load(Ordering::SeqCst);
        let change = renamed(&client, name);
        assert_eq!(store.commit(replacement(&client, &change)).await.unwrap(), Committed::Done);
        client = change.client;
        if is_last {
            break;
        }
    }
}

/// The last version of each client that a reader sees now.
async fn versions(database: &Database) -> BTreeMap<String, u64> {
    let read = "SELECT client_key, max(version) FROM client_history GROUP BY client_key";
    let rows = database.run(read).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1).cast_unsigned())).collect()
}

/// Takes and settles until nothing waits: the versions of each client, as they came.
async fn drain(store: &PostgresStore, receiver: &ReceiverName) -> BTreeMap<String, Vec<u64>> {
    let mut got: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    loop {
        let taken = store.take(receiver, 50, moment(0), moment(60)).await.unwrap();
        if taken.is_empty() {
            return got;
        }
        for one in &taken {
            got.entry(one.event.client.as_str().to_owned()).or_default().push(one.event.version.get());
        }
        let delivered = Verdict::Delivered { at: moment(1) };
        let settled: Vec<_> = taken.iter().map(|taken| taken.settle(delivered)).collect();
        store.settle(receiver, &settled).await.unwrap();
    }
}

/// Of each client a new receiver gets all events from some version on, once and in order: none that was committed before the
/// registration began, and every one that a reader did not see yet when it had ended.
#[tokio::test(flavor = "multi_thread")]
async fn receiver_that_is_registered_under_commits_misses_no_later_event() {
    let database = Database::fresh().await;
    sqlx::raw_sql(SLOW_COMMITS).execute(&mut database.connect().await).await.unwrap();
    let store = database.store().await;
    // Writers with stores of their own share no statement.
    let mut stores = Vec::new();
    for _ in 0..WRITERS {
        stores.push(database.store().await);
    }
    let mut met = 0;
    for round in 0..ROUNDS {
        let stop = Arc::new(AtomicBool::new(false));
        let numbers = round * WRITERS + 1..;
        let begin =
            |(store, number): (&PostgresStore, i64)| tokio::spawn(write(store.clone(), number, stop.clone()));
        let writers: Vec<_> = stores.iter().zip(numbers).map(begin).collect();
        tokio::time::sleep(std::time::Duration::from_millis(40)).await;
        let receiver = ReceiverName::parse(&format!("crm-{round}")).unwrap();
        let before = versions(&database).await;
        store.register(&receiver, &EventFilter::All, moment(round)).await.unwrap();
        let listed = versions(&database).await;
        stop.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.await.unwrap();
        }
        let last = versions(&database).await;
        let got = drain(&store, &receiver).await;
        for (client, last) in
            last.iter().filter(|(client, _)| got.contains_key(*client) || !before.contains_key(*client))
        {
            let got = &got[client];
            let (first, seen) =
                (got[0], |read: &BTreeMap<_, u64>| read.get(client).copied().unwrap_or_default());
            assert_eq!(*got, (first..=*last).collect::<Vec<_>>(), "{client}");
            assert!(first > seen(&before), "{client}: version {first} was committed before");
            assert!(first <= seen(&listed) + 1, "{client}: {} was listed, {first} came first", seen(&listed));
            met += usize::from(seen(&before) > 0 && *last > seen(&listed));
        }
        let writers: Vec<_> = last.keys().filter(|client| got.contains_key(*client)).collect();
        assert_eq!(
            writers.len(),
            usize::try_from(WRITERS).unwrap(),
            "each writes once more after the registration"
        );
        assert!(store.forget(&receiver).await.unwrap());
    }
    assert!(met >= 8, "{met} clients were written before and after a registration");
}
