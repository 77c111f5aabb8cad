use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use client_app::ports::{ContentBytes, DocumentContents, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{StreamExt as _, stream};

use crate::faults::{Faults, Operation, with_fault};
use crate::lock::lock;

/// The largest piece that a reader gets.
const MAX_PIECE_BYTES: usize = 256 * 1024;

/// Files of documents in memory. A content appears when it is complete; an upload that fails leaves nothing behind.
///
/// ```
/// use adapter_inmem::MemoryContents;
/// use client_app::ports::DocumentContents;
/// use client_domain::kyc::ContentKey;
/// use futures_util::{StreamExt as _, stream};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let contents = MemoryContents::new();
/// let key = ContentKey::from_bits("2026-01-05T09:00:00Z".parse()?, 1);
/// contents.put(&key, stream::iter([Ok("a file".into())]).boxed()).await?;
/// let mut bytes = contents.open(&key).await?.unwrap();
/// assert_eq!(&*bytes.next().await.unwrap()?, b"a file");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryContents {
    contents: Arc<Mutex<BTreeMap<ContentKey, Stored>>>,
    faults: Faults,
}

/// A content, and whether it is in the trash.
#[derive(Debug)]
struct Stored {
    bytes: Bytes,
    in_trash: bool,
}

impl MemoryContents {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The script of its faults; it is empty at first.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// Forgets every content and the faults.
    pub fn clear(&self) {
        lock(&self.contents).clear();
        self.faults.clear();
    }

    /// The keys of the contents in the trash, in their order.
    pub fn in_trash(&self) -> Vec<ContentKey> {
        let contents = lock(&self.contents);
        contents.iter().filter(|(_, stored)| stored.in_trash).map(|(key, _)| key.clone()).collect()
    }

    async fn move_to(&self, key: &ContentKey, in_trash: bool) -> Result<bool, StoreError> {
        with_fault(self.faults.next(Operation::Contents), || {
            let mut contents = lock(&self.contents);
            let stored = contents.get_mut(key);
            Ok(stored.map(|stored| stored.in_trash = in_trash).is_some())
        })
        .await
    }
}

#[async_trait]
impl DocumentContents for MemoryContents {
    async fn put(&self, key: &ContentKey, mut bytes: ContentBytes) -> Result<(), StoreError> {
        let taken = || StoreError::Corrupt { what: "a content whose key is taken".to_owned() };
        let mut complete = Vec::new();
        while let Some(piece) = bytes.next().await {
            complete.extend_from_slice(&piece?);
        }
        with_fault(self.faults.next(Operation::Contents), || {
            let mut contents = lock(&self.contents);
            if contents.contains_key(key) {
                return Err(taken());
            }
            contents.insert(key.clone(), Stored { bytes: Bytes::from(complete), in_trash: false });
            Ok(())
        })
        .await
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        let found = with_fault(self.faults.next(Operation::Contents), || {
            Ok(lock(&self.contents).get(key).map(|stored| stored.bytes.clone()))
        });
        Ok(found.await?.map(|mut rest| {
            let pieces = std::iter::from_fn(move || {
                let piece = rest.split_to(rest.len().min(MAX_PIECE_BYTES));
                (!piece.is_empty()).then_some(Ok(piece))
            });
            stream::iter(pieces).boxed()
        }))
    }

    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        with_fault(self.faults.next(Operation::Contents), || {
            let contents = lock(&self.contents);
            let keys = contents.range::<ContentKey, _>((after, Bound::Unbounded));
            let stored = keys.filter(|(_, stored)| !stored.in_trash);
            Ok(stored.map(|(key, _)| key.clone()).take(limit).collect())
        })
        .await
    }

    async fn trash(&self, key: &ContentKey) -> Result<bool, StoreError> {
        self.move_to(key, true).await
    }

    async fn restore(&self, key: &ContentKey) -> Result<bool, StoreError> {
        self.move_to(key, false).await
    }

    async fn delete(&self, key: &ContentKey) -> Result<(), StoreError> {
        with_fault(self.faults.next(Operation::Contents), || {
            lock(&self.contents).remove(key);
            Ok(())
        })
        .await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        with_fault(self.faults.next(Operation::Contents), || Ok(())).await
    }
}
