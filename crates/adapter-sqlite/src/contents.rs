//! Contents as rows: a head, which says whether the content is complete, and pieces.
//!
//! Each piece is a write of its own, so that commits do not wait for a slow upload, and no more than a piece is in memory.

use async_trait::async_trait;
use bytes::{Buf as _, Bytes, BytesMut};
use client_app::ports::{ContentBytes, DocumentContents, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{StreamExt as _, stream};

use crate::columns::Columns;
use crate::error::corrupt;
use crate::parameters::{Parameters, to_i64};
use crate::sql::{
    ADD_CONTENT_PIECE, COMPLETE_CONTENT, CONTENT_EXISTS, CONTENT_KEYS, CONTENT_PIECE, DELETE_CONTENT,
    OPEN_CONTENT, START_CONTENT,
};
use crate::store::SqliteStore;

const TABLE: &str = "client_content";
/// The bytes of a piece: few enough to be in memory for every concurrent request, many enough to be worth a sync.
const PIECE_SIZE: usize = 256 * 1024;

/// One write of an upload.
struct Step {
    key: ContentKey,
    place: i64,
    bytes: Bytes,
    /// The size of the content, if this is its last piece.
    size: Option<i64>,
}

#[async_trait]
impl DocumentContents for SqliteStore {
    async fn put(&self, key: &ContentKey, mut bytes: ContentBytes) -> Result<(), StoreError> {
        let mut buffer = BytesMut::new();
        let (mut place, mut size) = (0_i64, 0_i64);
        while let Some(piece) = bytes.next().await {
            let mut piece: Bytes = piece?;
            while piece.has_remaining() {
                if buffer.len() == PIECE_SIZE {
                    let full = buffer.split().freeze();
                    self.step(Step { key: key.clone(), place, bytes: full, size: None }).await?;
                    place += 1;
                }
                let now = piece.split_to(piece.len().min(PIECE_SIZE - buffer.len()));
                size += to_i64(now.len());
                buffer.extend_from_slice(&now);
            }
        }
        self.step(Step { key: key.clone(), place, bytes: buffer.freeze(), size: Some(size) }).await
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        let key = key.clone();
        let wanted = key.clone();
        let size = self.read(move |connection| {
            let parameters = Parameters::new().with(":content_key", wanted.as_str());
            parameters.first(connection, (TABLE, OPEN_CONTENT), |columns| {
                columns.known("size", |size: i64| u64::try_from(size).ok())
            })
        });
        let Some(left) = size.await? else { return Ok(None) };
        let begin = Reading { store: self.clone(), key, place: 0, left };
        Ok(Some(stream::unfold(Some(begin), |reading| async move { reading?.step().await }).boxed()))
    }

    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        let after = after.cloned();
        self.read(move |connection| {
            let after = after.as_ref().map_or("", ContentKey::as_str);
            let page = Parameters::new().with(":after", after).with(":limit", to_i64(limit));
            page.rows(connection, (TABLE, CONTENT_KEYS), |columns| {
                columns.parsed("content_key", ContentKey::parse)
            })
        })
        .await
    }

    async fn trash(&self, key: &ContentKey) -> Result<bool, StoreError> {
        // The ledger in the same database records what is in the trash; the rows stay.
        let key = key.clone();
        self.read(move |connection| {
            let parameters = Parameters::new().with(":content_key", key.as_str());
            let stored = |_: &Columns<'_>| Ok::<_, StoreError>(());
            Ok(parameters.first(connection, (TABLE, CONTENT_EXISTS), stored)?.is_some())
        })
        .await
    }

    async fn restore(&self, key: &ContentKey) -> Result<bool, StoreError> {
        self.trash(key).await
    }

    async fn delete(&self, key: &ContentKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.write(move |connection| {
            let parameters = Parameters::new().with(":content_key", key.as_str());
            parameters.execute(connection, DELETE_CONTENT).map(drop)
        })
        .await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        // Contents are in the database of the clients, whose readiness is checked.
        Ok(())
    }
}

impl SqliteStore {
    /// Writes a piece: the head before the first one, and the size with the last one.
    async fn step(&self, step: Step) -> Result<(), StoreError> {
        self.write(move |connection| {
            let Step { key, place, bytes, size } = &step;
            let of_key = || Parameters::new().with(":content_key", key.as_str());
            let taken = || corrupt("a content whose key is taken");
            if *place == 0 && of_key().execute(connection, START_CONTENT)? == 0 {
                return Err(taken().into());
            }
            if !bytes.is_empty() {
                let piece = of_key().with(":place", *place).with(":bytes", bytes.as_ref());
                piece.execute(connection, ADD_CONTENT_PIECE)?;
            }
            match size {
                Some(size) if of_key().with(":size", *size).execute(connection, COMPLETE_CONTENT)? == 0 => {
                    Err(taken().into())
                }
                _ => Ok(()),
            }
        })
        .await
    }
}

/// A content that is being read.
struct Reading {
    store: SqliteStore,
    key: ContentKey,
    /// The position of the next piece.
    place: i64,
    /// The bytes that are still to come.
    left: u64,
}

impl Reading {
    async fn step(mut self) -> Option<(Result<Bytes, StoreError>, Option<Self>)> {
        if self.left == 0 {
            return None;
        }
        let piece = self.piece().await.and_then(|piece| {
            let length = piece.len() as u64;
            let fits = length > 0 && length <= self.left;
            self.left = self.left.saturating_sub(length);
            self.place += 1;
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
        let (key, place) = (self.key.clone(), self.place);
        let piece = self.store.read(move |connection| {
            let parameters = Parameters::new().with(":content_key", key.as_str()).with(":place", place);
            parameters.first(connection, ("client_content_piece", CONTENT_PIECE), |columns| {
                columns.get::<Vec<u8>>("bytes")
            })
        });
        piece.await?.ok_or_else(|| corrupt("a content that was deleted while it was read"))
    }
}
