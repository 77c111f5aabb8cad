//! Selections: every client that a search finds, read by a thread and a connection of its own within one transaction, so that
//! a slow reader holds up neither the other reads nor the writer.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use client_app::ports::{ClientRef, FoundClient, SelectedClients, Selection, StoreError};
use client_domain::value::ClientKey;
use futures_util::StreamExt as _;
use futures_util::stream;
use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use crate::error::{Cause, Failure, unavailable};
use crate::{connection, load, search};

/// How many pieces are read ahead of the reader.
const AHEAD: usize = 2;
/// After how many of its steps SQLite checks the time.
const STEPS_BETWEEN_LOOKS: i32 = 2_000;

/// What a reader sends. It says the end: a channel that closes without it lost its reader.
type Piece = Result<Option<Vec<FoundClient>>, StoreError>;

/// The selections of a store.
pub(crate) struct Selections {
    path: PathBuf,
    closing: watch::Sender<bool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Selections {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), closing: watch::Sender::new(false), threads: Mutex::default() }
    }

    /// Begins to read, and answers once the point in time is fixed: with the first piece at hand.
    pub(crate) async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError> {
        let (sender, pieces) = mpsc::channel(AHEAD);
        let reading = Reading {
            selection: selection.clone(),
            end: Instant::now() + selection.time_limit,
            sender,
            closing: self.closing.subscribe(),
            runtime: Handle::current(),
        };
        let path = self.path.clone();
        self.start(move || reading.run(&path))?;
        selected(pieces).await
    }

    fn start(&self, read: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        if *self.closing.borrow() {
            return Err(unavailable("the store is closed"));
        }
        threads.retain(|thread| !thread.is_finished());
        let thread = std::thread::Builder::new().name("sqlite-selection".to_owned()).spawn(read);
        threads.push(thread.map_err(|_| unavailable("no thread for the database"))?);
        drop(threads);
        Ok(())
    }

    /// Ends every selection with an error, and waits until their connections are closed.
    pub(crate) async fn close(&self) {
        self.closing.send_replace(true);
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A panic of the thread was reported already.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

impl fmt::Debug for Selections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Selections").finish_non_exhaustive()
    }
}

/// The clients that are sent, once the first piece, or the end, is at hand.
async fn selected(mut pieces: mpsc::Receiver<Piece>) -> Result<SelectedClients, StoreError> {
    let Some(first) = next(&mut pieces).await? else { return Ok(stream::empty().boxed()) };
    let rest = stream::try_unfold(pieces, |mut pieces| async {
        Ok(next(&mut pieces).await?.map(|piece| (piece, pieces)))
    });
    Ok(stream::iter([Ok(first)]).chain(rest).boxed())
}

async fn next(pieces: &mut mpsc::Receiver<Piece>) -> Piece {
    pieces.recv().await.unwrap_or_else(|| Err(unavailable("the reader of the clients was lost")))
}

/// One selection, on a thread of its own.
struct Reading {
    selection: Selection,
    end: Instant,
    sender: mpsc::Sender<Piece>,
    closing: watch::Receiver<bool>,
    runtime: Handle,
}

impl Reading {
    fn run(self, path: &Path) {
        let last = self.read(path).map(|()| None);
        // A reader that has left needs no end. One that is slow has room for the last item once it has read on.
        let _ = self.runtime.block_on(self.sender.send(last));
    }

    fn read(&self, path: &Path) -> Result<(), StoreError> {
        let connection = connection::reading_beside(path)
            .map_err(|error| StoreError::Unavailable(Some(Box::new(Cause::new(error.to_string())))))?;
        let (end, sender, closing) = (self.end, self.sender.clone(), self.closing.clone());
        let is_over = move || Instant::now() >= end || sender.is_closed() || *closing.borrow();
        let watched = connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(is_over));
        watched.map_err(|error| Failure::from(error).of_read())?;
        match self.send_all(&connection) {
            Ok(()) | Err(Ended::Left) => Ok(()),
            Err(Ended::Failed(error)) => Err(error),
        }
    }

    fn send_all(&self, connection: &Connection) -> Result<(), Ended> {
        let failed = |failure: Failure| Ended::Failed(failure.of_read());
        // Dropped, it is rolled back, which ends the point in time.
        let transaction = connection.unchecked_transaction().map_err(|error| failed(error.into()))?;
        let mut piece = Vec::with_capacity(Selection::PIECE);
        let mut ended = Ok(());
        search::select_all(&transaction, &self.selection, |columns| {
            let key = columns.parsed("client_key", ClientKey::parse)?;
            piece.extend(load::found(&transaction, &ClientRef::Key(key))?);
            if piece.len() >= Selection::PIECE {
                ended = self.send(std::mem::replace(&mut piece, Vec::with_capacity(Selection::PIECE)));
            }
            Ok(ended.is_ok())
        })
        .map_err(failed)?;
        ended?;
        if piece.is_empty() { Ok(()) } else { self.send(piece) }
    }

    /// Waits until the reader takes a piece, but not longer than it may.
    fn send(&self, piece: Vec<FoundClient>) -> Result<(), Ended> {
        let mut closing = self.closing.clone();
        self.runtime.block_on(async {
            tokio::select! {
                sent = self.sender.send(Ok(Some(piece))) => sent.map_err(|_| Ended::Left),
                () = tokio::time::sleep_until(self.end.into()) => {
                    let cause = Cause::new("the reader has not read in time");
                    Err(Ended::Failed(StoreError::TimedOut(Some(Box::new(cause)))))
                }
                _ = closing.wait_for(|closing| *closing) => Err(Ended::Failed(unavailable("the store is closed"))),
            }
        })
    }
}

/// Why a selection ends before its last client.
enum Ended {
    /// The reader has left.
    Left,
    /// The reader is told of it.
    Failed(StoreError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_that_is_lost_is_an_error_and_no_end() {
        let (sender, pieces) = mpsc::channel(AHEAD);
        drop(sender);
        assert!(matches!(selected(pieces).await, Err(StoreError::Unavailable(_))));

        let (sender, pieces) = mpsc::channel(AHEAD);
        sender.send(Ok(Some(Vec::new()))).await.unwrap();
        drop(sender);
        let all: Vec<_> = selected(pieces).await.unwrap().collect().await;
        assert!(matches!(all.as_slice(), [Ok(_), Err(StoreError::Unavailable(_))]), "{all:?}");

        let (sender, pieces) = mpsc::channel(AHEAD);
        sender.send(Ok(Some(Vec::new()))).await.unwrap();
        sender.send(Ok(None)).await.unwrap();
        drop(sender);
        let all: Vec<_> = selected(pieces).await.unwrap().collect().await;
        assert!(matches!(all.as_slice(), [Ok(_)]), "{all:?}");
    }
}
