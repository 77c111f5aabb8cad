use std::ops::Range;

use client_app::ports::StoreError;
use client_domain::value::ClientId;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::sync::Mutex;

use crate::pool::{self, Bound, Pool};
use crate::statements::{BLOCK_IN_USE, NEXT_BLOCK};
use crate::trouble::corrupt;

/// How many numbers a block has; the increment of the sequence.
const BLOCK: i64 = 32;

/// Running numbers that this instance may give away without asking anybody.
///
/// What is left of a block when the program ends is never given: gaps are ordinary.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    left: Mutex<Range<i64>>,
}

impl Numbers {
    /// A number that nobody has.
    pub(crate) async fn next(&self, pool: &Pool) -> Result<ClientId, StoreError> {
        // Held while a block is fetched, so that a crowd fetches one block and not one each.
        let mut left = self.left.lock().await;
        while left.is_empty() {
            *left = fetch(pool).await?;
        }
        let number = left.start;
        left.start += 1;
        ClientId::new(number).map_err(|_| corrupt("the running number, which has run out"))
    }
}

/// The numbers of a fresh block that lie above every one that somebody has who was not given it from a block, as
/// after an import.
async fn fetch(pool: &Pool) -> Result<Range<i64>, StoreError> {
    let first: i64 = one(&rows(pool, || sqlx::query(NEXT_BLOCK)).await?, "first")?;
    let end = first.saturating_add(BLOCK);
    let last: Option<i64> =
        one(&rows(pool, || sqlx::query(BLOCK_IN_USE).bind(first).bind(end - 1)).await?, "last")?;
    Ok(last.map_or(first, |last| last + 1)..end)
}

async fn rows<'q>(pool: &Pool, statement: impl Fn() -> Bound<'q>) -> Result<Vec<PgRow>, StoreError> {
    pool::read(pool, statement).await.map_err(|trouble| trouble.of_read())
}

fn one<'r, T>(rows: &'r [PgRow], column: &str) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    rows.first().and_then(|row| row.try_get(column).ok()).ok_or_else(|| corrupt("the running numbers"))
}
