use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use client_app::ports::{ContentBytes, ContentLocation, DocumentContents, InstallationId, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{
    Error, GetResult, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload,
};

use crate::error::{gone, store_error, taken};
use crate::location::{TRASH, checked_length, folder_name};

/// The largest piece that a reader gets.
const MAX_PIECE_BYTES: usize = 1024 * 1024;

/// How long the answer that the location is there is used again by probes, which anybody may send.
const READY_FOR: Duration = Duration::from_secs(1);

/// Files as objects of a storage that the crate [`object_store`] supports, such as S3. It is a handle: clones share the
/// open storage.
///
/// ```
/// use std::sync::Arc;
///
/// use adapter_object_store::ObjectContents;
/// use client_app::ports::{ContentLocation, DocumentContents, InstallationId};
/// use client_domain::kyc::ContentKey;
/// use futures_util::{StreamExt as _, stream};
/// use object_store::memory::InMemory;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let contents = ObjectContents::new(Arc::new(InMemory::new()), "documents".into(), 5 * 1024 * 1024);
/// contents.claim(&InstallationId::from_bits(7)).await?;
/// let key = ContentKey::from_bits("2026-01-05T09:00:00Z".parse()?, 1);
/// contents.put(&key, stream::iter([Ok("a file".into())]).boxed()).await?;
/// assert_eq!(contents.keys(None, 10).await?, [key]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ObjectContents(pub(crate) Arc<Objects>);

pub(crate) struct Objects {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) prefix: Path,
    /// The size of a part of an upload, in bytes.
    part_size: usize,
    /// Set once the location is claimed.
    pub(crate) installation: OnceLock<InstallationId>,
    /// When the location was last found to be there.
    found: Mutex<Option<Instant>>,
}

impl ObjectContents {
    /// Files below this prefix of a storage. A file that is longer than `part_size` bytes is sent in parts of that size.
    pub fn new(store: Arc<dyn ObjectStore>, prefix: Path, part_size: usize) -> Self {
        Self(Arc::new(Objects {
            store,
            prefix,
            part_size,
            installation: OnceLock::new(),
            found: Mutex::default(),
        }))
    }

    fn stored(&self, key: &ContentKey) -> Path {
        self.0.prefix.clone().join(folder_name(key)).join(key.as_str())
    }

    fn trashed(&self, key: &ContentKey) -> Path {
        self.0.prefix.clone().join(TRASH).join(folder_name(key)).join(key.as_str())
    }

    /// Stores a file of at most one part, in one request that refuses a name that is taken.
    async fn put_small(&self, name: &Path, bytes: Bytes) -> Result<(), StoreError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.0.store.put_opts(name, PutPayload::from_bytes(bytes.clone()), options).await {
            Ok(_) => Ok(()),
            // The answer may have been lost, of this request or of one that was sent again: then the object is its own.
            Err(error) => match self.holds(name, &bytes).await {
                Ok(true) => Ok(()),
                Ok(false) | Err(_) => Err(store_error(&error)),
            },
        }
    }

    /// Whether the object has exactly these bytes.
    async fn holds(&self, name: &Path, bytes: &Bytes) -> Result<bool, StoreError> {
        let object = self.0.store.get(name).await.map_err(|error| store_error(&error))?;
        if object.meta.size != bytes.len() as u64 {
            return Ok(false);
        }
        object.bytes().await.map(|stored| stored == *bytes).map_err(|error| store_error(&error))
    }

    /// Sends the parts of a longer file, which appears when the upload is complete. Returns the size of the file in bytes.
    async fn put_parts(
        &self,
        upload: &mut dyn MultipartUpload,
        first: Bytes,
        mut bytes: ContentBytes,
    ) -> Result<u64, StoreError> {
        let mut buffer = BytesMut::from(first);
        let mut size = 0;
        loop {
            while buffer.len() >= self.0.part_size {
                let part = buffer.split_to(self.0.part_size).freeze();
                size += part.len() as u64;
                upload.put_part(part.into()).await.map_err(|error| store_error(&error))?;
            }
            match bytes.next().await {
                Some(piece) => buffer.extend_from_slice(&piece?),
                None => break,
            }
        }
        if !buffer.is_empty() {
            size += buffer.len() as u64;
            upload.put_part(buffer.freeze().into()).await.map_err(|error| store_error(&error))?;
        }
        Ok(size)
    }

    /// Completes an upload. If the answer of a successful completion is lost, the next attempt finds no upload any more;
    /// the object with all of its bytes then proves the success.
    async fn complete(
        &self,
        upload: &mut dyn MultipartUpload,
        name: &Path,
        size: u64,
    ) -> Result<(), StoreError> {
        let Err(error) = upload.complete().await else { return Ok(()) };
        match self.0.store.head(name).await {
            Ok(object) if object.size == size => Ok(()),
            _ => Err(store_error(&error)),
        }
    }

    /// An object, or `None` if it does not exist.
    pub(crate) async fn object(&self, name: &Path) -> Result<Option<GetResult>, StoreError> {
        match self.0.store.get(name).await {
            Ok(object) => Ok(Some(object)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(store_error(&error)),
        }
    }

    /// Moves an object, if it exists, and returns whether it is at the new name now.
    async fn rename(&self, from: &Path, to: &Path) -> Result<bool, StoreError> {
        match self.0.store.copy(from, to).await {
            Ok(()) => self.remove(from).await.map(|()| true),
            Err(Error::NotFound { .. }) => match self.0.store.head(to).await {
                Ok(_) => Ok(true),
                // Either the object does not exist, or the bucket.
                Err(Error::NotFound { .. }) => self.is_there().await.map(|()| false),
                Err(error) => Err(store_error(&error)),
            },
            Err(error) => Err(store_error(&error)),
        }
    }

    /// Fails unless the location is there, and the one that was claimed.
    async fn is_there(&self) -> Result<(), StoreError> {
        let claimed = self.0.installation.get().ok_or_else(gone)?;
        if self.installation().await?.as_ref() == Some(claimed) { Ok(()) } else { Err(gone()) }
    }

    fn found(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn remove(&self, name: &Path) -> Result<(), StoreError> {
        match self.0.store.delete(name).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(store_error(&error)),
        }
    }
}

#[async_trait]
impl DocumentContents for ObjectContents {
    async fn put(&self, key: &ContentKey, mut bytes: ContentBytes) -> Result<(), StoreError> {
        let name = self.stored(key);
        let mut first = BytesMut::new();
        while first.len() <= self.0.part_size {
            match bytes.next().await {
                Some(piece) => first.extend_from_slice(&piece?),
                None => return self.put_small(&name, first.freeze()).await,
            }
        }
        // The storage cannot refuse a taken name when an upload is completed, so this checks before. Keys are random, so
        // no other upload uses the same one in the meantime.
        match self.0.store.head(&name).await {
            Ok(_) => return Err(taken()),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(store_error(&error)),
        }
        let upload = self.0.store.put_multipart(&name).await;
        let mut upload = upload.map_err(|error| store_error(&error))?;
        let stored = match self.put_parts(&mut *upload, first.freeze(), bytes).await {
            Ok(size) => self.complete(&mut *upload, &name, size).await,
            Err(error) => Err(error),
        };
        if stored.is_err() {
            // A rule of the bucket removes an upload that cannot be aborted now.
            let _ = upload.abort().await;
        }
        stored
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        // An object that is restored between the first two attempts is found by the third one.
        let mut opened = None;
        for name in [self.stored(key), self.trashed(key), self.stored(key)] {
            opened = self.object(&name).await?;
            if opened.is_some() {
                break;
            }
        }
        let Some(opened) = opened else {
            return self.is_there().await.map(|()| None);
        };
        let size = opened.meta.size;
        let pieces = opened.into_stream().map(|piece| piece.map_err(|error| store_error(&error)));
        let bounded = pieces.flat_map(|piece| {
            let pieces: Vec<_> = match piece {
                Ok(mut rest) => std::iter::from_fn(move || {
                    let piece = rest.split_to(rest.len().min(MAX_PIECE_BYTES));
                    (!piece.is_empty()).then_some(Ok(piece))
                })
                .collect(),
                Err(error) => vec![Err(error)],
            };
            futures_util::stream::iter(pieces)
        });
        Ok(Some(checked_length(bounded.boxed(), size)))
    }

    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        let prefix = &self.0.prefix;
        let objects = match after {
            Some(after) => self.0.store.list_with_offset(Some(prefix), &self.stored(after)),
            None => self.0.store.list(Some(prefix)),
        };
        // The order of the names is that of the keys, and the trash follows after all of them.
        let keys = objects.map_err(|error| store_error(&error)).try_filter_map(|object| async move {
            let key = object.location.filename().and_then(|name| ContentKey::parse(name).ok());
            Ok(key.filter(|key| object.location == self.stored(key)))
        });
        keys.take(limit).try_collect().await
    }

    async fn trash(&self, key: &ContentKey) -> Result<bool, StoreError> {
        self.rename(&self.stored(key), &self.trashed(key)).await
    }

    async fn restore(&self, key: &ContentKey) -> Result<bool, StoreError> {
        self.rename(&self.trashed(key), &self.stored(key)).await
    }

    async fn delete(&self, key: &ContentKey) -> Result<(), StoreError> {
        self.remove(&self.stored(key)).await?;
        self.remove(&self.trashed(key)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        if self.found().is_some_and(|found| found.elapsed() < READY_FOR) {
            return Ok(());
        }
        let is_there = self.is_there().await;
        *self.found() = is_there.is_ok().then(Instant::now);
        is_there
    }
}

impl fmt::Debug for ObjectContents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectContents").finish_non_exhaustive()
    }
}
