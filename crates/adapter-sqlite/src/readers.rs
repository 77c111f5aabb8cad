//! The threads that read, each with a connection of its own. A read sees one point in time, and is interrupted at its
//! time limit.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use client_app::ports::StoreError;
use rusqlite::Connection;
use tokio::sync::oneshot;
use tracing::Instrument as _;

use crate::connection;
use crate::error::{Cause, Failure, unavailable};
use crate::measure;
use crate::settings::StartError;

/// How many reads may wait.
const MAX_WAITING: usize = 4_096;
/// After how many of its steps SQLite checks the time.
const STEPS_BETWEEN_LOOKS: i32 = 2_000;

type Job = Box<dyn FnOnce(&Reader) + Send>;

/// The handle of threads that read.
pub(crate) struct Readers {
    jobs: Mutex<Option<SyncSender<Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    timeout: Duration,
}

/// One thread's connection, and when its read is to end.
struct Reader {
    connection: connection::Reading,
    deadline: Arc<Deadline>,
}

/// A moment as nanoseconds since the start.
struct Deadline {
    start: Instant,
    at: AtomicU64,
}

impl Deadline {
    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn set(&self, after: Duration) {
        let after = u64::try_from(after.as_nanos()).unwrap_or(u64::MAX);
        self.at.store(self.now().saturating_add(after), Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.now() > self.at.load(Ordering::Relaxed)
    }
}

impl Readers {
    /// Starts this many threads, whose connections keep this many KiB of pages each.
    pub(crate) fn start(
        path: &Path,
        (count, cache): (usize, i64),
        timeout: Duration,
    ) -> Result<Self, StartError> {
        let (sender, receiver) = mpsc::sync_channel(MAX_WAITING);
        let jobs = Arc::new(Mutex::new(receiver));
        let mut threads = Vec::new();
        for _ in 0..count.max(1) {
            let (reader, jobs) = (Reader::open(path, cache)?, Arc::clone(&jobs));
            let thread = std::thread::Builder::new()
                .name("sqlite-reader".to_owned())
                .spawn(move || reader.serve(&jobs))
                .map_err(|error| {
                    StartError::Unfit(format!("no thread for the database: {}", error.kind()))
                })?;
            threads.push(thread);
        }
        Ok(Self { jobs: Mutex::new(Some(sender)), threads: Mutex::new(threads), timeout })
    }

    /// Runs a read within one transaction, which sees one point in time.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let (timeout, asked) = (self.timeout, Instant::now());
        self.submit(Box::new(move |reader: &Reader| {
            // A caller that has left needs no answer.
            if reply.is_closed() {
                return;
            }
            let began = Instant::now();
            let answer = match timeout.checked_sub(asked.elapsed()) {
                Some(left) => reader.run(left, work).map_err(Failure::of_read),
                None => Err(unavailable("the read has waited for too long")),
            };
            measure::ran("read", began);
            let _ = reply.send(answer);
        }))?;
        // The interrupt comes first; this is for a disk that does not answer at all.
        let limit = timeout.saturating_add(Duration::from_secs(1));
        match tokio::time::timeout(limit, answer).instrument(measure::span("read")).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(unavailable("the read was given up")),
            Err(_) => Err(StoreError::TimedOut(Some(Box::new(Cause::new("the disk is slow"))))),
        }
    }

    fn submit(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(jobs) = jobs.as_ref() else { return Err(unavailable("the store is closed")) };
        jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too many reads wait"),
            TrySendError::Disconnected(_) => unavailable("the readers stopped"),
        })
    }

    /// Waits for the submitted reads, and closes the connections.
    pub(crate) async fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A panic of the thread was reported already.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Reader {
    fn open(path: &Path, cache: i64) -> Result<Self, StartError> {
        let connection = connection::reading(path, cache)?;
        let deadline = Arc::new(Deadline { start: Instant::now(), at: AtomicU64::new(u64::MAX) });
        let seen = Arc::clone(&deadline);
        connection
            .progress_handler(STEPS_BETWEEN_LOOKS, Some(move || seen.is_over()))
            .map_err(|error| StartError::Unfit(Cause::of(&error).to_string()))?;
        Ok(Self { connection, deadline })
    }

    fn serve(&self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return };
            // A bug in one read must not end the thread.
            let _ = catch_unwind(AssertUnwindSafe(|| job(self)));
        }
    }

    fn run<T>(
        &self,
        left: Duration,
        work: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.deadline.set(left);
        // Dropped, it is rolled back, which ends the snapshot.
        let transaction = self.connection.unchecked_transaction()?;
        work(&transaction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::READ_CACHE;

    /// A query without an end.
    const ENDLESS: &str =
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n";

    #[tokio::test]
    async fn a_read_is_interrupted_at_its_time_limit_and_the_thread_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clients.db");
        let (_connection, _lock) = connection::writing(&path).unwrap();
        let readers = Readers::start(&path, (1, READ_CACHE), Duration::from_millis(300)).unwrap();
        let number = |connection: &Connection, sql: &str| -> Result<i64, Failure> {
            Ok(connection.query_row(sql, [], |row| row.get(0))?)
        };
        let endless = readers.read(move |connection| number(connection, ENDLESS)).await;
        let Err(StoreError::TimedOut(Some(cause))) = endless else { panic!("{endless:?}") };
        assert_eq!(cause.to_string(), "the statement reached its time limit (SQLite 9)");
        let next = loop {
            // On a busy machine the thread may begin after the limit.
            match readers.read(move |connection| number(connection, "SELECT 7")).await {
                Err(StoreError::Unavailable(_)) => {}
                answer => break answer.unwrap(),
            }
        };
        assert_eq!(next, 7);
    }

    #[tokio::test]
    async fn a_read_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clients.db");
        let (connection, _lock) = connection::writing(&path).unwrap();
        connection.execute_batch("CREATE TABLE written (n INTEGER) STRICT").unwrap();
        let readers = Readers::start(&path, (1, READ_CACHE), Duration::from_secs(30)).unwrap();
        let write = readers.read(|connection| Ok(connection.execute("INSERT INTO written VALUES (1)", [])?));
        assert!(matches!(write.await, Err(StoreError::Unavailable(_))));
    }
}
