//! The data set: synthetic clients, loaded in the form in which the service writes them.

use std::io::Write as _;
use std::time::{Duration, Instant};

use adapter_postgres::PostgresStore;
use clients_campaigns::{Cluster, RunError};

use crate::baseline::PROBE;
use crate::similarity;

/// How many clients one statement loads.
const CHUNK: u64 = 20_000;
/// The tables that are filled before their indexes are built, which is faster and leaves them as dense as they get.
const WITHOUT_INDEXES: &str = "CREATE TABLE bench_index AS SELECT i.indexrelid::regclass::text AS name,
        pg_get_indexdef(i.indexrelid) AS build FROM pg_index i
        WHERE i.indrelid IN ('client'::regclass, 'client_claim'::regclass, 'client_outbox'::regclass) AND NOT i.indisprimary;
    DO $$ DECLARE dropped text; BEGIN
        FOR dropped IN SELECT name FROM bench_index LOOP EXECUTE 'DROP INDEX ' || dropped; END LOOP;
    END $$";
/// The time in which the clients are created.
const YEARS_SECONDS: u64 = 230_000_000;
/// How many clients are read back and compared.
const SAMPLE: u64 = 40;

/// The number of clients in the data set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DataSet {
    /// Clients in all states, with the numbers from 1.
    pub(crate) clients: u64,
    /// As many more who wait for approval, with the numbers that follow.
    pub(crate) waiting: u64,
}

impl DataSet {
    /// The largest number.
    pub(crate) const fn last(self) -> u64 {
        self.clients + self.waiting
    }

    /// Fills the database, or takes out of one that was kept what earlier runs have written.
    pub(crate) async fn prepare(self, cluster: &Cluster) -> Result<Duration, RunError> {
        let begun = Instant::now();
        let mark = format!("bench: {} clients and {} who wait", self.clients, self.waiting);
        let there = "SELECT coalesce(shobj_description(oid, 'pg_database'), ''), (SELECT count(*) FROM (SELECT FROM client LIMIT 1) c)
            FROM pg_database WHERE datname = current_database()";
        let there = cluster.sql(there).await?.concat();
        match there.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["", "0"] => {
                self.load(cluster).await?;
                cluster.sql(&format!("COMMENT ON DATABASE clients IS '{mark}'")).await?;
            }
            [kept, "1"] if *kept == mark => self.reset(cluster).await?,
            ["", _] => {
                return Err(RunError::new("the kept database was not loaded to its end; delete its folder"));
            }
            _ => {
                return Err(RunError::new(
                    "the kept database has another number of clients; delete its folder, or keep another",
                ));
            }
        }
        Ok(begun.elapsed())
    }

    /// Deletes what earlier runs have written, and loads the clients that wait for approval anew.
    async fn reset(self, cluster: &Cluster) -> Result<(), RunError> {
        let text = include_str!("data_set/reset.sql").replace("{settled}", &self.clients.to_string());
        cluster.sql(&text.replace("{probe}", PROBE)).await?;
        cluster.sql(&self.chunk(self.clients + 1, self.last() + 1)).await?;
        cluster.sql("VACUUM (ANALYZE)").await.map(drop)
    }

    /// Loads the clients over two connections at the same time, then builds the indexes, and reports its progress.
    async fn load(self, cluster: &Cluster) -> Result<(), RunError> {
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
        Ok(())
    }

    /// Between two creations: all are of the years 2019 to 2026.
    fn seconds_between(self) -> u64 {
        (YEARS_SECONDS / self.last().max(1)).clamp(1, 200)
    }

    fn chunk(self, first: u64, end: u64) -> String {
        let last = (end - 1).min(self.last());
        let text = include_str!("data_set/chunk.sql").replace("{first}", &first.to_string());
        let text = text.replace("{last}", &last.to_string()).replace("{settled}", &self.clients.to_string());
        let text = text.replace("{seconds}", &self.seconds_between().to_string());
        // The rows are right by construction; what is checked of each row in turn would take most of the time.
        format!("SET session_replication_role = replica; {text}")
    }

    /// Reads some of them as the service does, and compares every column that follows from others, every claim and the
    /// history with what the domain makes of the client.
    pub(crate) async fn check(self, store: &PostgresStore, cluster: &Cluster) -> Result<(), RunError> {
        let step = (self.last() / SAMPLE).max(1);
        for number in (1..=self.last()).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
            let during = || format!("client {number} of the data set");
            let client =
                similarity::check(number, store, cluster).await.map_err(RunError::during(during()))?;
            similarity::check_claims(&client, store).await.map_err(RunError::during(during()))?;
        }
        Ok(())
    }
}

/// A bar on standard error.
fn progress(what: &str, done: u64, of: u64, took: Duration) {
    let full = usize::try_from(done.saturating_mul(30) / of.max(1)).unwrap_or(30).min(30);
    let bar = format!("{}{}", "#".repeat(full), ".".repeat(30 - full));
    let end = if done >= of { '\n' } else { '\r' };
    let _ = write!(std::io::stderr(), "{what:17} [{bar}] {done}/{of} {:.0} s {end}", took.as_secs_f64());
}
