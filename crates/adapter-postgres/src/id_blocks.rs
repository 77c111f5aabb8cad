use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use client_app::ports::StoreError;
use client_domain::value::ClientId;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::pool::{Bound, Pool, Share};
use crate::statements::{BLOCK_IN_USE, NEXT_BLOCK};
use crate::trouble::{Cause, Trouble, corrupt};

/// How many ids a block has; the increment of the sequence.
const BLOCK: i64 = 32;
/// How long a caller waits for ids. A fetch has limits of its own; this is for a crowd that uses up several blocks.
const PATIENCE: Duration = Duration::from_secs(4);

/// Blocks of running numbers that this instance may hand out without asking the database.
///
/// One fetch is under way at a time, in a task of its own, and begins when half a block is left, so that as a rule nobody
/// waits for it. Those who do all get its answer, be it an error, at the same moment. What is left of a block when the
/// program ends is never handed out: gaps are ordinary.
#[derive(Debug, Default)]
pub(crate) struct IdBlocks(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// What is left of the block in use, and the one after it.
    left: Range<i64>,
    next: Range<i64>,
    /// The fetch that is under way.
    fetch: Option<Fetch>,
}

/// Whoever waits for a fetch sees how it ended.
type Fetch = watch::Receiver<Option<Result<(), Trouble>>>;

impl IdBlocks {
    /// An id that nobody has. Nothing that is written depends on it, so every failure but a wrong row is "unavailable".
    pub(crate) async fn next(self: &Arc<Self>, pool: &Pool) -> Result<ClientId, StoreError> {
        let number = timeout(PATIENCE, self.number(pool)).await.unwrap_or_else(|_| {
            Err(Trouble::Unavailable(Cause::new("the next customer numbers were not fetched in time")))
        });
        match number {
            Ok(number) => ClientId::new(number).map_err(|_| corrupt("the running number, which has run out")),
            Err(trouble) => Err(match trouble.of_read() {
                StoreError::TimedOut(cause) => StoreError::Unavailable(cause),
                other => other,
            }),
        }
    }

    async fn number(self: &Arc<Self>, pool: &Pool) -> Result<i64, Trouble> {
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
            ended.unwrap_or_else(|| Err(Trouble::Unavailable(Cause::new("the task of a fetch"))))?;
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
        !self.next.is_empty() || self.left.end - self.left.start >= BLOCK / 2
    }

    fn add(&mut self, block: Range<i64>) {
        if self.left.is_empty() {
            self.left = block;
        } else {
            self.next = block;
        }
    }
}

/// The numbers of a fresh block that lie above every one that somebody has who was not given it from a block, as
/// after an import.
async fn fetch_block(pool: &Pool) -> Result<Range<i64>, Trouble> {
    let first: i64 = one(&rows(pool, || sqlx::query(NEXT_BLOCK)).await?, "first")?;
    let end = first.saturating_add(BLOCK);
    let last: Option<i64> =
        one(&rows(pool, || sqlx::query(BLOCK_IN_USE).bind(first).bind(end - 1)).await?, "last")?;
    Ok(last.map_or(first, |last| last + 1)..end)
}

async fn rows<'q>(pool: &Pool, statement: impl Fn() -> Bound<'q>) -> Result<Vec<PgRow>, Trouble> {
    pool.read(Share::Commands, statement).await
}

fn one<'r, T>(rows: &'r [PgRow], column: &str) -> Result<T, Trouble>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let value = rows.first().and_then(|row| row.try_get(column).ok());
    value.ok_or_else(|| Trouble::Corrupt("the running numbers".to_owned()))
}
