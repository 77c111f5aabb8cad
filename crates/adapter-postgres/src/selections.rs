//! Selections: every client that a search finds, by one statement on a connection of its own.
//!
//! One statement sees one point in time, so no transaction is opened. The server sends its rows as fast as they are taken, and
//! keeps the point in time until the last one is; its own limit of time is that of the selection. The connection belongs to no
//! pool and ends with the statement, so a slow reader takes none from anybody.

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
use crate::session::Session;
use crate::sql::Statement;

/// How many pieces are read ahead of the reader.
const AHEAD: usize = 2;

type Piece = Result<Vec<FoundClient>, StoreError>;

/// Begins to read, and answers once the point in time is fixed: with the first piece at hand.
pub(crate) async fn select_all(pool: &Pool, selection: &Selection) -> Result<SelectedClients, StoreError> {
    let end = Instant::now() + selection.time_limit;
    let session = pool.open_alone(selection.time_limit).await.map_err(DbError::of_read)?;
    let statement = search::select_all(selection);
    let (sender, mut pieces) = mpsc::channel(AHEAD);
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
        if let Err(error) = ended {
            // A reader that is slow has room for the last item once it has read on.
            let _ = sender.send(Err(error)).await;
        }
    };
    tokio::spawn(task.in_current_span());
    // Nothing at all is found, or a first piece.
    let first = pieces.recv().await.transpose()?;
    let rest =
        stream::unfold(pieces, |mut pieces| async { pieces.recv().await.map(|piece| (piece, pieces)) });
    Ok(stream::iter(first.map(Ok)).chain(rest).boxed())
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
                if sender.send(Ok(full)).await.is_err() {
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
