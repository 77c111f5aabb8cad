//! The thread that writes. It owns the only connection that does, and every job that was given to it: a job that has
//! begun runs to its end even if its caller disconnects.
//!
//! Jobs that wait at the same time are the members of a group: one transaction, a savepoint for each member, one sync. A
//! member that fails is rolled back to its savepoint and does not fail its group. Nothing is answered before the sync.

mod group;
mod member;

use std::fmt;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use client_app::ports::StoreError;
use rusqlite::Connection;
use tokio::sync::oneshot;
use tracing::Instrument as _;

use self::group::Group;
use self::member::{Job, Member, Waiting};
use crate::error::{Cause, Failure, unavailable};
use crate::file_system::OpenedFile;
use crate::lock::Lock;
use crate::measure;
use crate::settings::StartError;

/// How many jobs may wait. Beyond it a write is refused immediately as unavailable.
const MAX_WAITING: usize = 4_096;

/// The handle of the thread that writes.
pub(crate) struct Writer {
    jobs: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Why nothing is written any more, once a sync has failed.
    stopped: Arc<OnceLock<Cause>>,
    timeout: Duration,
}

impl Writer {
    /// Starts the thread on this connection. It holds the lock until it ends.
    pub(crate) fn start(connection: Connection, lock: Lock, timeout: Duration) -> Result<Self, StartError> {
        measure::describe();
        let (sender, receiver) = mpsc::sync_channel(MAX_WAITING);
        let stopped = Arc::<OnceLock<Cause>>::default();
        let seen = Arc::clone(&stopped);
        let file = OpenedFile::at(Path::new(connection.path().unwrap_or_default()));
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || write((&connection, &file), &receiver, &seen, lock))
            .map_err(|error| StartError::Unfit(format!("no thread for the database: {}", error.kind())))?;
        Ok(Self { jobs: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)), stopped, timeout })
    }

    /// A writer without a thread, which refuses every write.
    pub(crate) fn refusing() -> Self {
        let stopped = Arc::new(OnceLock::from(Cause::new("the database is open for reading only")));
        Self { jobs: Mutex::new(None), thread: Mutex::new(None), stopped, timeout: Duration::ZERO }
    }

    /// Runs work in a transaction of the thread, and answers after its sync. The work may run twice, the first time in a
    /// transaction that was rolled back.
    ///
    /// After [`StoreError::Unavailable`] nothing was written, and nothing will be.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        if let Some(cause) = self.stopped.get() {
            return Err(StoreError::Unavailable(Some(Box::new(cause.clone()))));
        }
        let (reply, answer) = oneshot::channel();
        let waiting = Arc::<Waiting>::default();
        self.submit(Box::new(Member::new(work, reply, Arc::clone(&waiting))))?;
        match tokio::time::timeout(self.timeout, answer).instrument(measure::span("write_group")).await {
            Ok(Ok(answer)) => answer,
            // The thread is lost only with the program.
            Ok(Err(_)) => Err(StoreError::TimedOut(Some(Box::new(Cause::new("the writer stopped"))))),
            Err(_) if waiting.take_back() => Err(unavailable("the write has waited for too long")),
            Err(_) => Err(StoreError::TimedOut(Some(Box::new(Cause::new("the disk is slow"))))),
        }
    }

    fn submit(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(jobs) = jobs.as_ref() else { return Err(unavailable("the store is closed")) };
        jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => unavailable("too many writes wait"),
            TrySendError::Disconnected(_) => unavailable("the writer stopped"),
        })
    }

    /// Waits for the submitted jobs, and closes the connection.
    pub(crate) async fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the thread was reported already.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("stopped", &self.stopped.get()).finish_non_exhaustive()
    }
}

fn write(
    (connection, file): (&Connection, &OpenedFile),
    jobs: &Receiver<Box<dyn Job>>,
    stopped: &OnceLock<Cause>,
    lock: Lock,
) {
    let moved = Cause::new("the file of the database was moved or deleted");
    while let Ok(first) = jobs.recv() {
        let group = Group::of(first, jobs);
        match stopped.get() {
            Some(cause) => group.refuse(cause),
            None if !file.is_there() => {
                tracing::error!(cause = %moved, "nothing is written until the file is back");
                group.refuse(&moved);
            }
            None => {
                let began = Instant::now();
                let committed = group.commit(connection);
                measure::ran("write_group", began);
                if let Err(cause) = committed {
                    tracing::error!(
                        %cause,
                        "the disk failed to sync; nothing more is written until the service is started again"
                    );
                    let _ = stopped.set(cause);
                }
            }
        }
    }
    drop(lock);
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Long enough for every write but one that does not begin.
    const LONG: Duration = Duration::from_secs(30);

    fn writer(timeout: Duration) -> (tempfile::TempDir, Writer) {
        let folder = tempfile::tempdir().unwrap();
        let (connection, lock) = crate::connection::writing(&folder.path().join("clients.db")).unwrap();
        connection.execute_batch("CREATE TABLE written (n INTEGER) STRICT").unwrap();
        connection.execute_batch("CREATE TABLE client_word_pending (id INTEGER) STRICT").unwrap();
        (folder, Writer::start(connection, lock, timeout).unwrap())
    }

    fn insert(connection: &Connection, n: i64) -> Result<(), Failure> {
        Ok(connection.execute("INSERT INTO written VALUES (?1)", [n]).map(drop)?)
    }

    async fn written(writer: &Writer) -> Vec<i64> {
        let read = |connection: &Connection| {
            let mut statement = connection.prepare("SELECT n FROM written ORDER BY n")?;
            let rows = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(rows)
        };
        writer.write(read).await.unwrap()
    }

    #[tokio::test]
    async fn a_write_that_has_not_begun_in_time_is_taken_back() {
        let (_folder, writer) = writer(Duration::from_millis(300));
        let (begun, has_begun) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let first = writer.write(move |connection| {
            begun.send(()).unwrap();
            may_go_on.recv().unwrap();
            insert(connection, 1)
        });
        let second = async {
            while has_begun.try_recv().is_err() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            writer.write(|connection| insert(connection, 2)).await
        };
        let (first, second) = tokio::join!(first, second);
        assert!(matches!(first, Err(StoreError::TimedOut(_))), "it runs, and its end is not known yet");
        assert!(matches!(second, Err(StoreError::Unavailable(_))), "it has not begun, and never will");
        go_on.send(()).unwrap();
        // The next write is behind the first one, and may have to wait for it.
        while writer.write(|_| Ok(())).await.is_err() {}
        assert_eq!(written(&writer).await, [1]);
    }

    #[tokio::test]
    async fn a_write_runs_to_its_end_without_its_caller() {
        let (_folder, writer) = writer(LONG);
        let dropped = writer.write(|connection| insert(connection, 1));
        let waited = tokio::time::timeout(Duration::ZERO, dropped).await;
        assert!(waited.is_err() || waited.is_ok_and(|answer| answer.is_ok()));
        assert_eq!(written(&writer).await, [1]);
    }

    #[tokio::test]
    async fn a_write_that_panics_fails_alone_and_the_thread_goes_on() {
        let (_folder, writer) = writer(LONG);
        let broken = writer.write::<()>(|connection| {
            insert(connection, 1)?;
            panic!("a bug")
        });
        let (broken, other) = tokio::join!(broken, writer.write(|connection| insert(connection, 2)));
        assert!(matches!(broken, Err(StoreError::Corrupt { .. })));
        other.unwrap();
        assert_eq!(written(&writer).await, [2]);
        writer.close().await;
        assert!(matches!(writer.write(|_| Ok(())).await, Err(StoreError::Unavailable(_))));
    }

    #[tokio::test]
    async fn nothing_is_written_to_a_file_that_was_moved_until_it_is_back() {
        let (folder, writer) = writer(LONG);
        writer.write(|connection| insert(connection, 1)).await.unwrap();
        let (here, away) = (folder.path().join("clients.db"), folder.path().join("away.db"));
        std::fs::rename(&here, &away).unwrap();
        for other in [false, true] {
            if other {
                std::fs::write(&here, "").unwrap();
            }
            let refused = writer.write(|connection| insert(connection, 2)).await;
            let Err(StoreError::Unavailable(Some(cause))) = refused else { panic!("{refused:?}") };
            assert_eq!(cause.to_string(), "the file of the database was moved or deleted");
        }
        std::fs::rename(&away, &here).unwrap();
        writer.write(|connection| insert(connection, 3)).await.unwrap();
        assert_eq!(written(&writer).await, [1, 3]);
        writer.close().await;
    }

    #[tokio::test]
    async fn nothing_is_written_after_a_failed_sync() {
        let (_folder, writer) = writer(LONG);
        writer.stopped.set(Cause::new("the disk failed to read or write")).unwrap();
        let refused = writer.write(|connection| insert(connection, 1)).await;
        let Err(StoreError::Unavailable(Some(cause))) = refused else { panic!("{refused:?}") };
        assert_eq!(cause.to_string(), "the disk failed to read or write");
    }
}
