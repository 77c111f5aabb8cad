//! Allocates the ids of new clients in blocks.

use std::ops::Range;

use client_app::ports::StoreError;
use client_domain::value::ClientId;
use tokio::sync::Mutex;

use crate::error::corrupt;
use crate::parameters::Parameters;
use crate::sql::RESERVE_BLOCK;
use crate::writer::Writer;

/// The number of ids in a block. The rest of a block when the program ends is a gap.
const BLOCK_SIZE: i64 = 64;

/// Allocates ids from a block that this process has reserved.
#[derive(Debug, Default)]
pub(crate) struct IdAllocator(Mutex<Range<i64>>);

impl IdAllocator {
    /// An id that no client has. Callers wait for the one that reserves the next block.
    pub(crate) async fn next(&self, writer: &Writer) -> Result<ClientId, StoreError> {
        let mut left = self.0.lock().await;
        if left.is_empty() {
            *left = reserve(writer).await?;
        }
        let number = left.next().ok_or_else(|| corrupt("a block of ids without an id"))?;
        ClientId::new(number).map_err(|_| corrupt("the ids, which are exhausted"))
    }
}

async fn reserve(writer: &Writer) -> Result<Range<i64>, StoreError> {
    let reserved = writer.write(|connection| {
        let size = Parameters::new().with(":size", BLOCK_SIZE);
        size.first(connection, ("client_number_block", RESERVE_BLOCK), |columns| columns.get::<i64>("next"))
    });
    match reserved.await {
        Ok(Some(end)) => Ok(end.saturating_sub(BLOCK_SIZE)..end),
        Ok(None) => Err(corrupt("the blocks of ids")),
        // Nothing that is written depends on it: a block that was reserved without an answer is a gap.
        Err(StoreError::TimedOut(cause)) => Err(StoreError::Unavailable(cause)),
        Err(error) => Err(error),
    }
}
