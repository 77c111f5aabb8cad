//! Contents as rows: a head, which says whether the content is complete, and pieces.
//!
//! Each piece travels in a statement of its own, and no connection is held between two of them. So a slow caller does not
//! delay others, and no more than a piece is in memory at a time.

use async_trait::async_trait;
use bytes::{Buf as _, Bytes, BytesMut};
use client_app::ports::{ContentBytes, DocumentContents, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{StreamExt as _, stream};
use sqlx::Row as _;

use crate::error::corrupt;
use crate::pool::Share;
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::sql::{
    ADD_CONTENT_PIECE, COMPLETE_CONTENT, CONTENT_EXISTS, CONTENT_KEYS, CONTENT_PIECE, DELETE_CONTENT,
    OPEN_CONTENT, PUT_SMALL_CONTENT, START_CONTENT, Statement,
};
use crate::store::PostgresStore;

const TABLE: &str = "client_content";
/// The bytes of a piece: few enough to be in memory for every concurrent request, many enough to be worth a statement.
const PIECE_SIZE: usize = 256 * 1024;

#[async_trait]
impl DocumentContents for PostgresStore {
    async fn put(&self, key: &ContentKey, mut bytes: ContentBytes) -> Result<(), StoreError> {
        let taken = || corrupt("a content whose key is taken");
        let mut buffer = BytesMut::new();
        let (mut place, mut size) = (0_i32, 0_i64);
        while let Some(piece) = bytes.next().await {
            let mut piece: Bytes = piece?;
            while piece.has_remaining() {
                if buffer.len() == PIECE_SIZE {
                    // There is more than one piece, so the head comes first and is complete only in the end.
                    if place == 0
                        && self.write_returning(|| sqlx::query(START_CONTENT).bind(key.as_str())).await? == 0
                    {
                        return Err(taken());
                    }
                    self.add(key, &mut place, &buffer.split()).await?;
                }
                let now = piece.split_to(piece.len().min(PIECE_SIZE - buffer.len()));
                size += to_i64(now.len());
                buffer.extend_from_slice(&now);
            }
        }
        let written = if place == 0 {
            let statement = || sqlx::query(PUT_SMALL_CONTENT).bind(key.as_str()).bind(size).bind(&buffer[..]);
            self.write_returning(statement).await?
        } else {
            self.add(key, &mut place, &buffer).await?;
            self.write_returning(|| sqlx::query(COMPLETE_CONTENT).bind(key.as_str()).bind(size)).await?
        };
        if written == 1 { Ok(()) } else { Err(taken()) }
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        let rows = self.read(Share::KeyReads, || sqlx::query(OPEN_CONTENT).bind(key.as_str())).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let columns = Columns { row, table: TABLE };
        let size = columns.known("size", |size: i64| u64::try_from(size).ok())?;
        // Without a first piece the content is empty, or its pieces do not add up, which its reader finds.
        let first = columns.get::<Option<Vec<u8>>>("bytes")?.unwrap_or_default();
        let begin =
            Reading { store: self.clone(), key: key.clone(), place: 0, left: size, next: Some(first) };
        Ok(Some(stream::unfold(Some(begin), |reading| async move { reading?.step().await }).boxed()))
    }

    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        let statement = || sqlx::query(CONTENT_KEYS).bind(after.map(ContentKey::as_str)).bind(to_i64(limit));
        let key = |row| Columns { row, table: TABLE }.parsed("content_key", ContentKey::parse);
        self.read(Share::KeyReads, statement).await?.iter().map(key).collect()
    }

    async fn trash(&self, key: &ContentKey) -> Result<bool, StoreError> {
        // The ledger in the same database records what is in the trash; the rows stay.
        Ok(!self.read(Share::KeyReads, || sqlx::query(CONTENT_EXISTS).bind(key.as_str())).await?.is_empty())
    }

    async fn restore(&self, key: &ContentKey) -> Result<bool, StoreError> {
        self.trash(key).await
    }

    async fn delete(&self, key: &ContentKey) -> Result<(), StoreError> {
        // Deleted twice is deleted once.
        self.write_idempotent(|| sqlx::query(DELETE_CONTENT).bind(key.as_str())).await.map(drop)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        // Contents are in the database of the clients, whose readiness is checked.
        Ok(())
    }
}

impl PostgresStore {
    async fn add(&self, key: &ContentKey, place: &mut i32, bytes: &[u8]) -> Result<(), StoreError> {
        let piece = *place;
        *place += 1;
        let statement = || sqlx::query(ADD_CONTENT_PIECE).bind(key.as_str()).bind(piece).bind(bytes);
        self.write_returning(statement).await.map(drop)
    }

    /// Writes once, and returns how many rows come back.
    async fn write_returning<'q>(&self, statement: impl Fn() -> Statement<'q>) -> Result<usize, StoreError> {
        self.write_once(statement).await.map(|rows| rows.len())
    }
}

/// A content that is being read.
struct Reading {
    store: PostgresStore,
    key: ContentKey,
    /// The position of the next piece.
    place: i32,
    /// The bytes that are still to come.
    left: u64,
    /// The first piece, which was read with the head.
    next: Option<Vec<u8>>,
}

impl Reading {
    async fn step(mut self) -> Option<(Result<Bytes, StoreError>, Option<Self>)> {
        if self.left == 0 {
            return None;
        }
        let piece = match self.next.take() {
            Some(first) => Ok(first),
            None => self.piece().await,
        };
        self.place += 1;
        let piece = piece.and_then(|piece| {
            let length = piece.len() as u64;
            let fits = length > 0 && length <= self.left;
            self.left = self.left.saturating_sub(length);
            if fits {
                Ok(Bytes::from(piece))
            } else {
                Err(corrupt("a content whose pieces do not add up to its size"))
            }
        });
        let reading = piece.is_ok().then_some(self);
        Some((piece, reading))
    }

    async fn piece(&self) -> Result<Vec<u8>, StoreError> {
        let statement = || sqlx::query(CONTENT_PIECE).bind(self.key.as_str()).bind(self.place);
        let rows = self.store.read(Share::KeyReads, statement).await?;
        rows.first()
            .and_then(|row| row.try_get("bytes").ok())
            .ok_or_else(|| corrupt("a content that was deleted while it was read"))
    }
}
