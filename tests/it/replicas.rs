//! Callers who read from a replica whose replay is paused at random see what they have written, and whoever shows nothing
//! may not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use adapter_inmem::{CountingKeys, FixedClock};
use adapter_postgres::{PostgresReplicas, PostgresStore, Settings, migrate};
use client_app::{Caller, Clients, RequestContext, RequestId, Seen};
use client_domain::value::Version;
use client_domain::{Actor, Permissions};
use client_wire::{Operations as _, Reply};
use serde_json::{Map, Value, json};
use sqlx::{Connection as _, PgConnection};
use throwaway_postgres::Cluster;
use tokio::time::sleep;

use crate::bank::{With as _, applicant};

const CALLERS: usize = 4;
const CLIENTS_EACH: usize = 3;
const UPDATES_EACH: usize = 12;

/// What a caller shows of what it has seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// The version by key, and the token for everything else.
    Seen,
    /// Nothing: the control.
    Nothing,
}

/// What the callers have found.
#[derive(Default)]
struct Found {
    reads: AtomicUsize,
    of_replica: AtomicUsize,
    stale: AtomicUsize,
}

fn caller() -> Caller {
    Caller::new(Actor::parse("maker").unwrap(), Permissions::all())
}

fn members(data: Value) -> Map<String, Value> {
    match data {
        Value::Object(members) => members,
        other => panic!("no object: {other}"),
    }
}

async fn command(clients: &Clients, name: &str, data: Value) -> Reply {
    let context = RequestContext::new(caller(), RequestId::parse("request-1").unwrap());
    clients.command_by_name(name, members(data), context).await.unwrap()
}

impl Found {
    /// Asks, and counts whether the answer has this value at this place.
    async fn ask(&self, clients: &Clients, name: &str, data: Value, seen: Seen, expected: (&str, Value)) {
        let answer = clients.query_from_replicas(name, members(data), caller(), seen).await;
        let (reply, age) = answer.unwrap();
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.of_replica.fetch_add(usize::from(age.is_some()), Ordering::Relaxed);
        let is_stale = reply.data.pointer(expected.0) != Some(&expected.1);
        assert!(!is_stale || age.is_some(), "{name} of the primary: {}", *reply.data);
        self.stale.fetch_add(usize::from(is_stale), Ordering::Relaxed);
    }

    /// Writes and reads: by key with the version, lists, histories and counts with the token.
    async fn write_and_read(&self, clients: &Clients, shown: Shown, number: usize) {
        for n in 0..CLIENTS_EACH {
            let n = number * CLIENTS_EACH + n;
            let branch = format!("branch-{n}");
            let data = applicant(n).with(json!({ "branchEncodedKey": branch }));
            let created = command(clients, "CreateContactCommand", data).await;
            let client = json!({ "contactEncodedKey": created.data["contactEncodedKey"] });
            for change in 0..UPDATES_EACH {
                let city = format!("City {change}");
                let changed = client.clone().with(json!({ "city": city }));
                let updated = command(clients, "UpdateContactCommand", changed).await;
                let version = updated.version.unwrap();
                self.read(clients, shown, &client, (&branch, &city, version)).await;
            }
        }
    }

    async fn read(&self, clients: &Clients, shown: Shown, client: &Value, written: (&str, &str, Version)) {
        let (branch, city, version) = written;
        let is_seen = shown == Shown::Seen;
        let position = if is_seen { clients.log_position().await } else { None };
        assert_eq!(position.is_some(), is_seen);
        let by_version = Seen { version: is_seen.then_some(version), position: None };
        let by_token = Seen { version: None, position };
        let expected = json!(version.get());
        let ask = |name, data, seen, expected| self.ask(clients, name, data, seen, expected);
        ask("RetrieveContactByIdQuery", client.clone(), by_version, ("/version", expected.clone())).await;
        ask(
            "RetrieveContactHistoryQuery",
            client.clone(),
            by_version,
            ("/entries/0/version", expected.clone()),
        )
        .await;
        let filter = json!([
            { "propertyName": "city", "operator": "Equals", "value": city },
            { "propertyName": "branchEncodedKey", "operator": "Equals", "value": branch }
        ]);
        let list = json!({ "filters": filter });
        ask("RetrieveContactListQuery", list, by_token, ("/contacts/0/version", expected.clone())).await;
        let counts = json!({ "groupBy": "state", "filters": filter });
        ask("RetrieveCountsQuery", counts, by_token, ("/total", json!(1))).await;
        ask("RetrieveContactHistoryQuery", client.clone(), by_token, ("/entries/0/version", expected)).await;
    }
}

/// Pauses the replay again and again, for times that the seed says.
async fn pause_at_random(standby: String, stop: Arc<AtomicBool>, mut seed: u64) {
    let mut connection = PgConnection::connect(&standby).await.unwrap();
    let mut next = |most: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis((seed >> 33) % most)
    };
    while !stop.load(Ordering::Relaxed) {
        sqlx::query("SELECT pg_wal_replay_pause()").execute(&mut connection).await.unwrap();
        sleep(next(150)).await;
        sqlx::query("SELECT pg_wal_replay_resume()").execute(&mut connection).await.unwrap();
        sleep(next(60)).await;
    }
}

async fn found_by_callers(
    primary: &Cluster,
    standby: &Cluster,
    keys: &Arc<CountingKeys>,
    shown: Shown,
) -> Arc<Found> {
    let settings = |url: &str| {
        let mut settings = Settings::parse(url).unwrap();
        settings.accept_data_loss = true;
        // The machine may be busy with other tests.
        settings.acquire_timeout = Duration::from_secs(30);
        settings.statement_timeout = Duration::from_secs(30);
        settings
    };
    let database = settings(&primary.url("postgres"));
    migrate(&database).await.unwrap();
    let store = PostgresStore::open(&database).await.unwrap();
    // The bound is far away: only what is shown protects the callers.
    let staleness = Duration::from_mins(10);
    let replicas = [settings(&standby.url("postgres"))];
    let replicas = PostgresReplicas::open(&store, &replicas, staleness).await.unwrap();
    let clock = FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap());
    let clients = Clients::new(Arc::new(store), Arc::new(clock), keys.clone());
    let clients = clients.with_replicas(Arc::new(replicas));
    let (found, stop) = (Arc::<Found>::default(), Arc::<AtomicBool>::default());
    let pauses = tokio::spawn(pause_at_random(standby.url("postgres"), stop.clone(), 17));
    let first = if shown == Shown::Seen { 0 } else { CALLERS };
    let callers = (0..CALLERS).map(|caller| {
        let (found, clients) = (found.clone(), clients.clone());
        tokio::spawn(async move { found.write_and_read(&clients, shown, first + caller).await })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    pauses.await.unwrap();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_is_never_older_in_an_answer() {
    let unsafe_settings = ["-c", "fsync=off", "-c", "full_page_writes=off"];
    let primary = Cluster::own(&unsafe_settings);
    let standby = primary.standby(&unsafe_settings);
    let keys = Arc::<CountingKeys>::default();
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);

    let found = found_by_callers(&primary, &standby, &keys, Shown::Seen).await;
    assert_eq!(count(&found.stale), 0);
    // Both ways were taken.
    let (reads, of_replica) = (count(&found.reads), count(&found.of_replica));
    assert!(of_replica > 0 && of_replica < reads, "{of_replica} of {reads}");

    // The control: without what was seen there are old answers.
    let found = found_by_callers(&primary, &standby, &keys, Shown::Nothing).await;
    assert!(count(&found.stale) > 0);
}
