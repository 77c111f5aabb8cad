//! Selections: every client that a search finds, by one statement on a connection of its own.
//!
//! One statement sees one point in time, so no transaction is opened. The server sends its rows as fast as they are taken, and
//! keeps the point in time until the last one is. While it computes, its own limit of time is that of the selection; while it
//! waits until its rows are taken, no limit of the server ends it, but the reader here does: it cuts the connection, and the
//! server looks every few seconds whether it is cut. A service that is frozen cuts nothing. The connection belongs to no pool
//! and ends with the statement, so a slow reader takes none from the pool.

use client_app::ports::{FoundClient, SelectedClients, Selection, StoreError};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sqlx::Executor as _;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tracing::Instrument as _;

use crate::error::{Cause, DbError};
use crate::pool::Pool;
use crate::rows::ending;
use crate::search;
use crate::session::{Pooling, Session};
use crate::sql::Statement;

/// How many pieces are read ahead of the reader.
const AHEAD: usize = 2;

/// What a reader sends. It says the end: a channel that closes without it lost its reader.
type Piece = Result<Option<Vec<FoundClient>>, StoreError>;

/// Begins to read, and answers once the point in time is fixed: with the first piece at hand.
pub(crate) async fn select_all(pool: &Pool, selection: &Selection) -> Result<SelectedClients, StoreError> {
    let end = Instant::now() + selection.time_limit;
    let session = pool.open_alone(selection.time_limit).await.map_err(DbError::of_read)?;
    let statement = search::select_all(selection);
    // Without a name it is lost where it is prepared in one transaction and executed in another.
    let statement = statement.persistent(session.pooling == Pooling::Transaction);
    let (sender, pieces) = mpsc::channel(AHEAD);
    let closed = pool.closed();
    let task = async move {
        let left = sender.clone();
        let ended = tokio::select! {
            ended = send_all(session, statement, &sender) => ended,
            () = left.closed() => Ok(()),
            () = sleep_until(end) => {
                Err(StoreError::TimedOut(Some(Box::new(Cause::new("the clients were not read in time")))))
            }
            () = closed => Err(StoreError::Unavailable(Some(Box::new(Cause::new("the pool is closed"))))),
        };
        // A reader that is slow has room for the last item once it has read on.
        let _ = sender.send(ended.map(|()| None)).await;
    };
    tokio::spawn(task.in_current_span());
    selected(pieces).await
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
    pieces.recv().await.unwrap_or_else(|| {
        Err(StoreError::Unavailable(Some(Box::new(Cause::new("the reader of the clients was lost")))))
    })
}

/// Sends every piece, and closes the connection in order. Dropped before, it is cut, which ends the statement.
async fn send_all(
    mut session: Session,
    statement: Statement<'static>,
    sender: &mpsc::Sender<Piece>,
) -> Result<(), StoreError> {
    {
        let mut rows = session.link.fetch(statement);
        let mut piece = Vec::with_capacity(Selection::PIECE);
        loop {
            let row = rows.try_next().await.map_err(|error| DbError::of(&error).of_read())?;
            let is_last = row.is_none();
            if let Some(row) = row {
                piece.push(ending::read_found(&row)?);
            }
            let is_full = piece.len() >= Selection::PIECE;
            if is_full || (is_last && !piece.is_empty()) {
                let full = std::mem::replace(&mut piece, Vec::with_capacity(Selection::PIECE));
                if sender.send(Ok(Some(full))).await.is_err() {
                    return Ok(());
                }
            }
            if is_last {
                break;
            }
        }
    }
    let _closed = sqlx::Connection::close(session.link).await;
    Ok(())
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
