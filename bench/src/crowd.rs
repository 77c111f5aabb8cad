//! Everybody that the bank has already: synthetic clients, loaded in the form in which the service writes them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::{Duration, Instant};

use adapter_postgres::PostgresStore;
use client_app::ports::{ClientRef, ClientStore, HistoryPage};
use client_domain::search::{Property, Sortable, search_text};
use client_domain::value::ClientId;
use client_domain::{ClaimKind, Client};
use clients_campaigns::{Cluster, Trouble};
use serde_json::Value;

/// How many clients one statement loads.
const CHUNK: u64 = 20_000;
/// The tables that are filled before their indexes are built, which is faster and leaves them as dense as they get.
const WITHOUT_INDEXES: &str = "CREATE TABLE bench_index AS SELECT i.indexrelid::regclass::text AS name,
        pg_get_indexdef(i.indexrelid) AS build FROM pg_index i
        WHERE i.indrelid IN ('client'::regclass, 'client_claim'::regclass, 'client_outbox'::regclass) AND NOT i.indisprimary;
    DO $$ DECLARE gone text; BEGIN
        FOR gone IN SELECT name FROM bench_index LOOP EXECUTE 'DROP INDEX ' || gone; END LOOP;
    END $$";
/// How many clients are read back and compared.
const SAMPLE: u64 = 40;

/// How many clients there are, and who they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    /// Clients in all states, with the numbers from 1.
    pub(crate) clients: u64,
    /// As many more who wait for approval, with the numbers that follow.
    pub(crate) waiting: u64,
}

impl Crowd {
    /// The greatest number.
    pub(crate) const fn last(self) -> u64 {
        self.clients + self.waiting
    }

    /// Loads everybody by two sessions at once, then builds the indexes, and tells how far it is.
    pub(crate) async fn load(self, cluster: &Cluster) -> Result<Duration, Trouble> {
        let begun = Instant::now();
        cluster.sql(WITHOUT_INDEXES).await?;
        let mut first = 1;
        while first <= self.last() {
            let middle = (first + CHUNK).min(self.last() + 1);
            let (one, other) = (self.chunk(first, middle), self.chunk(middle, middle + CHUNK));
            let (one, other) = tokio::join!(cluster.sql(&one), cluster.sql(&other));
            one.and(other)?;
            first = (middle + CHUNK).min(self.last() + 1);
            progress("loading clients", first - 1, self.last(), begun.elapsed());
        }
        let builds: Vec<String> = cluster
            .sql("SELECT build FROM bench_index ORDER BY build")
            .await?
            .into_iter()
            .flatten()
            .collect();
        for (done, pair) in (0_u64..).step_by(2).zip(builds.chunks(2)) {
            let both: Vec<String> =
                pair.iter().map(|build| format!("SET maintenance_work_mem = '512MB'; {build}")).collect();
            let other = both.get(1).map_or("SELECT 1", String::as_str);
            let one = both.first().map_or("SELECT 1", String::as_str);
            let (one, other) = tokio::join!(cluster.sql(one), cluster.sql(other));
            one.and(other)?;
            progress("building indexes", done + pair.len() as u64, builds.len() as u64, begun.elapsed());
        }
        for step in ["DROP TABLE bench_index", "VACUUM (ANALYZE)", "CHECKPOINT"] {
            cluster.sql(step).await?;
        }
        Ok(begun.elapsed())
    }

    fn chunk(self, first: u64, end: u64) -> String {
        let last = (end - 1).min(self.last());
        let text = include_str!("crowd/chunk.sql").replace("{first}", &first.to_string());
        let text = text.replace("{last}", &last.to_string()).replace("{settled}", &self.clients.to_string());
        // The rows are right by construction; what is checked of each row in turn would take most of the time.
        format!("SET session_replication_role = replica; {text}")
    }

    /// Reads some of them as the service does, and compares every column that follows from others, every claim and the
    /// history with what the domain makes of the client.
    pub(crate) async fn check(self, store: &PostgresStore, cluster: &Cluster) -> Result<(), Trouble> {
        let step = (self.last() / SAMPLE).max(1);
        for number in (1..=self.last()).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
            self.check_one(number, store, cluster)
                .await
                .map_err(Trouble::during(format!("client {number}")))?;
        }
        Ok(())
    }

    async fn check_one(self, number: u64, store: &PostgresStore, cluster: &Cluster) -> Result<(), Trouble> {
        let wrong = |what: &str| Trouble::new(format!("{what} is not what the service writes"));
        let id = ClientId::new(i64::try_from(number).unwrap_or(0)).map_err(Trouble::during("its number"))?;
        let client = store.find(&ClientRef::Id(id)).await.map_err(Trouble::during("read"))?;
        let client = client.ok_or_else(|| Trouble::new("nobody has this number"))?;
        let rows = cluster.sql(&format!("SELECT row_to_json(c) FROM client c WHERE id = {number}")).await?;
        let row: Value = serde_json::from_str(&rows.concat().concat()).map_err(Trouble::during("its row"))?;
        for (column, expected) in folded(&client) {
            if row.get(&column).and_then(Value::as_str) != expected.as_deref() {
                return Err(wrong(&column));
            }
        }
        let claims = client.claims();
        let there = store.claimed(&claims, None).await.map_err(Trouble::during("its claims"))?;
        if there.len() != if claims.is_empty() { 0 } else { ClaimKind::ALL.len() } {
            return Err(wrong("what it claims"));
        }
        let page = HistoryPage { before: None, after: None, limit: 10 };
        let lines = store.history(client.key(), page).await.map_err(Trouble::during("its history"))?;
        let newest = lines.first().map(|line| (line.event.version, line.event.to));
        if newest != Some((client.version(), client.state())) || lines.len() as u64 != client.version().get()
        {
            return Err(wrong("its history"));
        }
        Ok(())
    }
}

/// The columns that follow from others, as the domain makes them.
fn folded(client: &Client) -> BTreeMap<String, Option<String>> {
    let properties = [
        ("first_name", Property::FirstName),
        ("middle_name", Property::MiddleName),
        ("last_name", Property::LastName),
        ("full_name", Property::FullName),
        ("email", Property::EmailAddress),
        ("address", Property::Address),
        ("city", Property::City),
        ("region", Property::State),
        ("country", Property::Country),
        ("identification_type", Property::IdentificationType),
        ("identification_number", Property::IdentificationNumber),
    ];
    let mut columns: BTreeMap<_, _> = properties
        .into_iter()
        .map(|(name, property)| match property.of(client) {
            Sortable::Text(text) => (format!("{name}_folded"), Some(text)),
            _ => (format!("{name}_folded"), None),
        })
        .collect();
    columns.insert("search_text".to_owned(), Some(search_text(client)));
    columns
}

/// A bar on standard error.
fn progress(what: &str, done: u64, of: u64, took: Duration) {
    let full = usize::try_from(done.saturating_mul(30) / of.max(1)).unwrap_or(30).min(30);
    let bar = format!("{}{}", "#".repeat(full), ".".repeat(30 - full));
    let end = if done >= of { '\n' } else { '\r' };
    let _ = write!(std::io::stderr(), "{what:17} [{bar}] {done}/{of} {:.0} s {end}", took.as_secs_f64());
}
