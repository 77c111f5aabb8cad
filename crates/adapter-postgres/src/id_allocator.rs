//! Allocates the ids of new clients in blocks.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use client_app::ports::StoreError;
use client_domain::value::ClientId;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::error::{Cause, DbError, corrupt};
use crate::pool::{Pool, Share};
use crate::sql::{BLOCK_IN_USE, NEXT_BLOCK, Statement};

/// The number of ids in a block: the increment of the sequence.
const BLOCK_SIZE: i64 = 32;
/// How long a caller waits for an id. A fetch has limits of its own; this one counts where many callers use up several blocks.
const WAIT_TIMEOUT: Duration = Duration::from_secs(4);

/// Allocates ids from blocks that this instance has reserved, as hi/lo allocators do.
///
/// One fetch runs at a time, in a task of its own, and begins when half a block is left, so that as a rule no caller waits
/// for it. Callers that do wait all get its answer at the same moment, also where it is an error. The rest of a block when
/// the program ends is never used: gaps are ordinary.
#[derive(Debug, Default)]
pub(crate) struct IdAllocator(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The rest of the block in use, and the block after it.
    left: Range<i64>,
    next: Range<i64>,
    /// The fetch that runs.
    fetch: Option<Fetch>,
}

/// A fetch as its waiting callers see it: how it ended, once it has.
type Fetch = watch::Receiver<Option<Result<(), DbError>>>;

impl IdAllocator {
    /// An id that no client has. Nothing that is written depends on it, so every error but a corrupt row is "unavailable".
    pub(crate) async fn next(self: &Arc<Self>, pool: &Pool) -> Result<ClientId, StoreError> {
        let number = timeout(WAIT_TIMEOUT, self.number(pool)).await.unwrap_or_else(|_| {
            Err(DbError::Unavailable(Cause::new("the next customer numbers were not fetched in time")))
        });
        match number {
            Ok(number) => {
                ClientId::new(number).map_err(|_| corrupt("the sequence of ids, which is exhausted"))
            }
            Err(error) => Err(match error.of_read() {
                StoreError::TimedOut(cause) => StoreError::Unavailable(cause),
                other => other,
            }),
        }
    }

    async fn number(self: &Arc<Self>, pool: &Pool) -> Result<i64, DbError> {
        loop {
            let mut fetch = {
                let mut state = self.lock();
                let number = state.take();
                if !state.holds_half_a_block() && state.fetch.is_none() {
                    state.fetch = Some(self.fetch(pool));
                }
                match (number, &state.fetch) {
                    (Some(number), _) => return Ok(number),
                    (None, Some(fetch)) => fetch.clone(),
                    (None, None) => continue,
                }
            };
            // A task is lost only with the program.
            let ended = fetch.wait_for(Option::is_some).await.ok().and_then(|ended| ended.clone());
            ended.unwrap_or_else(|| Err(DbError::Unavailable(Cause::new("the task of a fetch"))))?;
        }
    }

    fn fetch(self: &Arc<Self>, pool: &Pool) -> Fetch {
        let (tell, fetch) = watch::channel(None);
        let (blocks, pool) = (Arc::clone(self), pool.clone());
        tokio::spawn(async move {
            let fetched = fetch_block(&pool).await;
            let mut state = blocks.lock();
            state.fetch = None;
            let ended = fetched.map(|block| state.add(block));
            tell.send_replace(Some(ended));
        });
        fetch
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self) -> Option<i64> {
        if self.left.is_empty() {
            self.left = std::mem::take(&mut self.next);
        }
        self.left.next()
    }

    fn holds_half_a_block(&self) -> bool {
        !self.next.is_empty() || self.left.end - self.left.start >= BLOCK_SIZE / 2
    }

    fn add(&mut self, block: Range<i64>) {
        if self.left.is_empty() {
            self.left = block;
        } else {
            self.next = block;
        }
    }
}

/// The ids of the next block. Where clients have ids of it that they did not get from it, as after an import, only the ids
/// above them.
async fn fetch_block(pool: &Pool) -> Result<Range<i64>, DbError> {
    let first: i64 = one(&rows(pool, || sqlx::query(NEXT_BLOCK)).await?, "first")?;
    let end = first.saturating_add(BLOCK_SIZE);
    let last: Option<i64> =
        one(&rows(pool, || sqlx::query(BLOCK_IN_USE).bind(first).bind(end - 1)).await?, "last")?;
    Ok(last.map_or(first, |last| last + 1)..end)
}

async fn rows<'q>(pool: &Pool, statement: impl Fn() -> Statement<'q>) -> Result<Vec<PgRow>, DbError> {
    pool.read(Share::Commands, statement).await
}

fn one<'r, T>(rows: &'r [PgRow], column: &str) -> Result<T, DbError>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let value = rows.first().and_then(|row| row.try_get(column).ok());
    value.ok_or_else(|| DbError::Corrupt("the sequence of ids".to_owned()))
}
