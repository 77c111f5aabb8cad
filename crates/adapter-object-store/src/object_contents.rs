use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use client_app::ports::{ContentBytes, DocumentContents, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{Error, MultipartUpload, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};

use crate::place::{Place, PlaceError};
use crate::trouble::{taken, trouble};

/// How many characters of a key name its folder: of the 12 that are its millisecond, so many that a folder has three days.
const FOLDER: usize = 5;
/// No piece that is given back is larger.
const PIECE: usize = 1024 * 1024;

/// Files as objects. It is a handle: clones share what is open.
///
/// ```
/// use adapter_object_store::ObjectContents;
/// use client_app::ports::DocumentContents;
/// use client_domain::kyc::ContentKey;
/// use futures_util::{StreamExt as _, stream};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let contents = ObjectContents::open_place(folder.path().to_str().unwrap_or_default(), [])?;
/// let key = ContentKey::from_bits("2026-01-05T09:00:00Z".parse()?, 1);
/// contents.keep(&key, stream::iter([Ok("a file".into())]).boxed()).await?;
/// assert_eq!(contents.keys(None, 10).await?, [key]);
/// assert!(ObjectContents::open_place("/no/such/folder", []).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ObjectContents(Arc<Place>);

impl ObjectContents {
    /// Opens a place: a folder that is there, `file:///…`, or `s3://bucket/prefix` with what the `AWS_…` variables among
    /// these say.
    pub fn open_place(
        place: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, PlaceError> {
        Place::read(place, variables).map(|place| Self(Arc::new(place)))
    }

    /// The folder of a key; names are made of keys and of nothing else.
    fn folder(&self, key: &ContentKey) -> Path {
        self.0.prefix.clone().join(key.as_str().get(..FOLDER).unwrap_or_default())
    }

    fn name(&self, key: &ContentKey) -> Path {
        self.folder(key).join(key.as_str())
    }

    /// Keeps what is no longer than a part, in one step that refuses a name that is taken.
    async fn keep_small(&self, name: &Path, bytes: Bytes) -> Result<(), StoreError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let put = self.0.store.put_opts(name, PutPayload::from_bytes(bytes), options).await;
        put.map(drop).map_err(|error| trouble(&error))
    }

    /// Keeps what is longer part by part; it appears when it is complete.
    async fn keep_large(
        &self,
        upload: &mut dyn MultipartUpload,
        first: Bytes,
        mut bytes: ContentBytes,
    ) -> Result<(), StoreError> {
        let mut waiting = BytesMut::from(first);
        loop {
            while waiting.len() >= self.0.part {
                let part = waiting.split_to(self.0.part).freeze();
                upload.put_part(part.into()).await.map_err(|error| trouble(&error))?;
            }
            match bytes.next().await {
                Some(piece) => waiting.extend_from_slice(&piece?),
                None => break,
            }
        }
        if !waiting.is_empty() {
            upload.put_part(waiting.freeze().into()).await.map_err(|error| trouble(&error))?;
        }
        upload.complete().await.map(drop).map_err(|error| trouble(&error))
    }

    /// The names of folders, or of files, right below a folder.
    async fn below(&self, folder: &Path) -> Result<(BTreeSet<Path>, BTreeSet<ContentKey>), StoreError> {
        let list = match self.0.store.list_with_delimiter(Some(folder)).await {
            Ok(list) => list,
            Err(Error::NotFound { .. }) => return Ok(<_>::default()),
            Err(error) => return Err(trouble(&error)),
        };
        let files =
            list.objects.iter().filter_map(|object| ContentKey::parse(object.location.filename()?).ok());
        Ok((list.common_prefixes.into_iter().collect(), files.collect()))
    }
}

#[async_trait]
impl DocumentContents for ObjectContents {
    async fn keep(&self, key: &ContentKey, mut bytes: ContentBytes) -> Result<(), StoreError> {
        let name = self.name(key);
        let mut first = BytesMut::new();
        while first.len() <= self.0.part {
            match bytes.next().await {
                Some(piece) => first.extend_from_slice(&piece?),
                None => return self.keep_small(&name, first.freeze()).await,
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
        let kept = self.keep_large(&mut *upload, first.freeze(), bytes).await;
        if kept.is_err() {
            // What cannot be taken back now is taken back by the storage itself.
            let _ = upload.abort().await;
        }
        kept
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        let opened = match self.0.store.get(&self.name(key)).await {
            Ok(opened) => opened,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(trouble(&error)),
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
        let begin = after.map(|after| self.folder(after));
        let (folders, _) = self.below(&self.0.prefix).await?;
        let mut keys = Vec::new();
        for folder in folders.iter().filter(|folder| begin.as_ref().is_none_or(|begin| begin <= *folder)) {
            if keys.len() >= limit {
                break;
            }
            let (_, files) = self.below(folder).await?;
            keys.extend(files.into_iter().filter(|key| after.is_none_or(|after| after < key)));
        }
        keys.truncate(limit);
        Ok(keys)
    }

    async fn forget(&self, key: &ContentKey) -> Result<(), StoreError> {
        match self.0.store.delete(&self.name(key)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(trouble(&error)),
        }
    }
}

/// The bytes, which end with an error where they are fewer than there were when they were opened.
fn whole(bytes: ContentBytes, size: u64) -> ContentBytes {
    let state = (bytes, size, false);
    futures_util::stream::unfold(state, |(mut bytes, left, over)| async move {
        if over {
            return None;
        }
        match bytes.next().await {
            Some(Ok(piece)) => {
                let left = left.saturating_sub(piece.len() as u64);
                Some((Ok(piece), (bytes, left, false)))
            }
            Some(Err(error)) => Some((Err(error), (bytes, left, true))),
            None if left == 0 => None,
            None => {
                let what = "a content that was forgotten while it was read".to_owned();
                Some((Err(StoreError::Corrupt { what }), (bytes, left, true)))
            }
        }
    })
    .boxed()
}

impl fmt::Debug for ObjectContents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectContents").finish_non_exhaustive()
    }
}
