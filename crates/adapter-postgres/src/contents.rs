//! Files as rows: a head that says that all of it is there, and pieces.
//!
//! Each piece travels in a statement of its own, and no connection is held between two of them. So a caller who sends or
//! takes slowly keeps nobody else waiting, and no more than a piece is held at a time.

use async_trait::async_trait;
use bytes::{Buf as _, Bytes, BytesMut};
use client_app::ports::{ContentBytes, DocumentContents, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{StreamExt as _, stream};
use sqlx::Row as _;

use crate::PostgresStore;
use crate::client_row::Columns;
use crate::pool::{Bound, Share};
use crate::statements::contents::{
    ADD_CONTENT_PIECE, CONTENT_EXISTS, CONTENT_KEYS, CONTENT_PIECE, DELETE_CONTENT, END_CONTENT,
    KEEP_SMALL_CONTENT, OPEN_CONTENT, START_CONTENT,
};
use crate::store::whole;
use crate::trouble::corrupt;

const TABLE: &str = "client_content";
/// How many bytes a piece has: few enough to be held for every request at once, many enough to be worth a statement.
const PIECE: usize = 256 * 1024;

#[async_trait]
impl DocumentContents for PostgresStore {
    async fn put(&self, key: &ContentKey, mut bytes: ContentBytes) -> Result<(), StoreError> {
        let taken = || corrupt("a content whose key is taken");
        let mut waiting = BytesMut::new();
        let (mut place, mut size) = (0_i32, 0_i64);
        while let Some(piece) = bytes.next().await {
            let mut piece: Bytes = piece?;
            while piece.has_remaining() {
                if waiting.len() == PIECE {
                    // There is more than one piece, so the head comes first and is whole only in the end.
                    if place == 0 && self.returned(sqlx::query(START_CONTENT).bind(key.as_str())).await? == 0
                    {
                        return Err(taken());
                    }
                    self.add(key, &mut place, &waiting.split()).await?;
                }
                let now = piece.split_to(piece.len().min(PIECE - waiting.len()));
                size += i64::try_from(now.len()).unwrap_or(i64::MAX);
                waiting.extend_from_slice(&now);
            }
        }
        let kept = if place == 0 {
            let statement = sqlx::query(KEEP_SMALL_CONTENT).bind(key.as_str()).bind(size).bind(&waiting[..]);
            self.returned(statement).await?
        } else {
            self.add(key, &mut place, &waiting).await?;
            self.returned(sqlx::query(END_CONTENT).bind(key.as_str()).bind(size)).await?
        };
        if kept == 1 { Ok(()) } else { Err(taken()) }
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        let rows = self.read(Share::LookUps, || sqlx::query(OPEN_CONTENT).bind(key.as_str())).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let columns = Columns { row, table: TABLE };
        let size = columns.known("size", |size: i64| u64::try_from(size).ok())?;
        let first = columns.get::<Option<Vec<u8>>>("bytes")?.unwrap_or_default();
        let begin =
            Reading { store: self.clone(), key: key.clone(), place: 0, left: size, next: Some(first) };
        Ok(Some(stream::unfold(Some(begin), |reading| async move { reading?.step().await }).boxed()))
    }

    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        let statement = || sqlx::query(CONTENT_KEYS).bind(after.map(ContentKey::as_str)).bind(whole(limit));
        let key = |row| Columns { row, table: TABLE }.parsed("content_key", ContentKey::parse);
        self.read(Share::LookUps, statement).await?.iter().map(key).collect()
    }

    async fn trash(&self, key: &ContentKey) -> Result<bool, StoreError> {
        // The ledger in the same database says what is in the trash; the rows stay where they are.
        Ok(!self.read(Share::LookUps, || sqlx::query(CONTENT_EXISTS).bind(key.as_str())).await?.is_empty())
    }

    async fn restore(&self, key: &ContentKey) -> Result<bool, StoreError> {
        self.trash(key).await
    }

    async fn delete(&self, key: &ContentKey) -> Result<(), StoreError> {
        // Deleted twice is deleted once, so it may be repeated.
        self.put(|| sqlx::query(DELETE_CONTENT).bind(key.as_str())).await.map(drop)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        // They are as ready as the clients are, in the same database.
        Ok(())
    }
}

impl PostgresStore {
    async fn add(&self, key: &ContentKey, place: &mut i32, bytes: &[u8]) -> Result<(), StoreError> {
        let statement = sqlx::query(ADD_CONTENT_PIECE).bind(key.as_str()).bind(*place).bind(bytes);
        *place += 1;
        self.returned(statement).await.map(drop)
    }

    /// Writes, and answers how many rows come back.
    async fn returned(&self, statement: Bound<'_>) -> Result<usize, StoreError> {
        let rows = self.pool().write_once(statement).await;
        rows.map(|rows| rows.len()).map_err(|trouble| trouble.of_write())
    }
}

/// A file that is being read.
struct Reading {
    store: PostgresStore,
    key: ContentKey,
    /// Which piece comes next.
    place: i32,
    /// How many bytes are still to come.
    left: u64,
    /// The first piece, which came with the head.
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
            if fits { Ok(Bytes::from(piece)) } else { Err(corrupt("a content that is not whole any more")) }
        });
        let reading = piece.is_ok().then_some(self);
        Some((piece, reading))
    }

    async fn piece(&self) -> Result<Vec<u8>, StoreError> {
        let statement = || sqlx::query(CONTENT_PIECE).bind(self.key.as_str()).bind(self.place);
        let rows = self.store.read(Share::LookUps, statement).await?;
        rows.first()
            .and_then(|row| row.try_get("bytes").ok())
            .ok_or_else(|| corrupt("a content that was forgotten while it was read"))
    }
}
