use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use client_app::ports::{ContentBytes, ContentPlace, DocumentContents, InstallationId, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{
    Error, GetResult, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload,
};

use crate::place::{TRASH, folder_name, whole};
use crate::trouble::{gone, taken, trouble};

/// No piece that is given back is larger.
const PIECE: usize = 1024 * 1024;

/// Files as objects of a storage that the crate [`object_store`] knows, such as S3. It is a handle: clones share what is
/// open.
///
/// ```
/// use std::sync::Arc;
///
/// use adapter_object_store::ObjectContents;
/// use client_app::ports::{ContentPlace, DocumentContents, InstallationId};
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
    /// How much is gathered before it is sent.
    part: usize,
    /// Set once the place is claimed.
    pub(crate) installation: OnceLock<InstallationId>,
}

impl ObjectContents {
    /// Files below this prefix of a storage. What is longer than `part` bytes is sent in parts of that size.
    pub fn new(store: Arc<dyn ObjectStore>, prefix: Path, part: usize) -> Self {
        Self(Arc::new(Objects { store, prefix, part, installation: OnceLock::new() }))
    }

    fn stored(&self, key: &ContentKey) -> Path {
        self.0.prefix.clone().join(folder_name(key)).join(key.as_str())
    }

    fn trashed(&self, key: &ContentKey) -> Path {
        self.0.prefix.clone().join(TRASH).join(folder_name(key)).join(key.as_str())
    }

    /// Stores what is no longer than a part, in one step that refuses a name that is taken.
    async fn put_small(&self, name: &Path, bytes: Bytes) -> Result<(), StoreError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.0.store.put_opts(name, PutPayload::from_bytes(bytes.clone()), options).await {
            Ok(_) => Ok(()),
            // A request that was sent again because its answer was lost meets its own object.
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. })
                if self.holds(name, &bytes).await? =>
            {
                Ok(())
            }
            Err(error) => Err(trouble(&error)),
        }
    }

    /// Whether the object is exactly this.
    async fn holds(&self, name: &Path, bytes: &Bytes) -> Result<bool, StoreError> {
        let object = self.0.store.get(name).await.map_err(|error| trouble(&error))?;
        if object.meta.size != bytes.len() as u64 {
            return Ok(false);
        }
        object.bytes().await.map(|stored| stored == *bytes).map_err(|error| trouble(&error))
    }

    /// Stores what is longer part by part; it appears when it is complete. Answers how many bytes those were.
    async fn put_parts(
        &self,
        upload: &mut dyn MultipartUpload,
        first: Bytes,
        mut bytes: ContentBytes,
    ) -> Result<u64, StoreError> {
        let mut waiting = BytesMut::from(first);
        let mut size = 0;
        loop {
            while waiting.len() >= self.0.part {
                let part = waiting.split_to(self.0.part).freeze();
                size += part.len() as u64;
                upload.put_part(part.into()).await.map_err(|error| trouble(&error))?;
            }
            match bytes.next().await {
                Some(piece) => waiting.extend_from_slice(&piece?),
                None => break,
            }
        }
        if !waiting.is_empty() {
            size += waiting.len() as u64;
            upload.put_part(waiting.freeze().into()).await.map_err(|error| trouble(&error))?;
        }
        Ok(size)
    }

    /// Completes an upload. Where that was done and its answer was lost, the storage knows no such upload any more when
    /// it is asked again, and the object is there with all of its bytes.
    async fn complete(
        &self,
        upload: &mut dyn MultipartUpload,
        name: &Path,
        size: u64,
    ) -> Result<(), StoreError> {
        let Err(error) = upload.complete().await else { return Ok(()) };
        match self.0.store.head(name).await {
            Ok(object) if object.size == size => Ok(()),
            _ => Err(trouble(&error)),
        }
    }

    /// An object, or nothing if it is not there.
    pub(crate) async fn object(&self, name: &Path) -> Result<Option<GetResult>, StoreError> {
        match self.0.store.get(name).await {
            Ok(object) => Ok(Some(object)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(trouble(&error)),
        }
    }

    /// Moves an object, if it is there; whether it is at its new place now.
    async fn rename(&self, from: &Path, to: &Path) -> Result<bool, StoreError> {
        match self.0.store.copy(from, to).await {
            Ok(()) => self.remove(from).await.map(|()| true),
            Err(Error::NotFound { .. }) => match self.0.store.head(to).await {
                Ok(_) => Ok(true),
                // Whether it is the object that is not there, or the bucket.
                Err(Error::NotFound { .. }) => self.ready().await.map(|()| false),
                Err(error) => Err(trouble(&error)),
            },
            Err(error) => Err(trouble(&error)),
        }
    }

    async fn remove(&self, name: &Path) -> Result<(), StoreError> {
        match self.0.store.delete(name).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(trouble(&error)),
        }
    }
}

#[async_trait]
impl DocumentContents for ObjectContents {
    async fn put(&self, key: &ContentKey, mut bytes: ContentBytes) -> Result<(), StoreError> {
        let name = self.stored(key);
        let mut first = BytesMut::new();
        while first.len() <= self.0.part {
            match bytes.next().await {
                Some(piece) => first.extend_from_slice(&piece?),
                None => return self.put_small(&name, first.freeze()).await,
            }
        }
        // Storage cannot refuse a name that is taken at the end of an upload, so it is asked before. Keys are fresh, and
        // nobody else makes the same one meanwhile.
        match self.0.store.head(&name).await {
            Ok(_) => return Err(taken()),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(trouble(&error)),
        }
        let upload = self.0.store.put_multipart(&name).await;
        let mut upload = upload.map_err(|error| trouble(&error))?;
        let stored = match self.put_parts(&mut *upload, first.freeze(), bytes).await {
            Ok(size) => self.complete(&mut *upload, &name, size).await,
            Err(error) => Err(error),
        };
        if stored.is_err() {
            // What cannot be aborted now is removed by a rule of the storage itself.
            let _ = upload.abort().await;
        }
        stored
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        // An object that is moved between the two looks is where it was looked for first by the third.
        let mut opened = None;
        for name in [self.stored(key), self.trashed(key), self.stored(key)] {
            opened = self.object(&name).await?;
            if opened.is_some() {
                break;
            }
        }
        let Some(opened) = opened else {
            return self.ready().await.map(|()| None);
        };
        let size = opened.meta.size;
        let pieces = opened.into_stream().map(|piece| piece.map_err(|error| trouble(&error)));
        let small = pieces.flat_map(|piece| {
            let pieces: Vec<_> = match piece {
                Ok(mut rest) => std::iter::from_fn(move || {
                    let piece = rest.split_to(rest.len().min(PIECE));
                    (!piece.is_empty()).then_some(Ok(piece))
                })
                .collect(),
                Err(error) => vec![Err(error)],
            };
            futures_util::stream::iter(pieces)
        });
        Ok(Some(whole(small.boxed(), size)))
    }

    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        let prefix = &self.0.prefix;
        let objects = match after {
            Some(after) => self.0.store.list_with_offset(Some(prefix), &self.stored(after)),
            None => self.0.store.list(Some(prefix)),
        };
        // In the order of their names, which is that of their keys; the trash comes behind them.
        let keys = objects.map_err(|error| trouble(&error)).try_filter_map(|object| async move {
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
        let claimed = self.0.installation.get().ok_or_else(gone)?;
        if self.installation().await?.as_ref() == Some(claimed) { Ok(()) } else { Err(gone()) }
    }
}

impl fmt::Debug for ObjectContents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectContents").finish_non_exhaustive()
    }
}
