use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use client_app::ports::{ContentBytes, ContentLocation, DocumentContents, InstallationId, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{StreamExt as _, stream};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::error::{interrupted, io_error};
use crate::folder::{Folder, Incomplete};
use crate::location::{LocationError, checked_length};

/// How many bytes one read returns at most.
const MAX_PIECE_BYTES: usize = 256 * 1024;

/// Files in a local folder. It is a handle: clones share the open folder.
///
/// Folders are created with mode 0700 and files with 0600. The root itself is never created: if it does not exist, or
/// belongs to another installation, nothing is written.
///
/// ```
/// use adapter_object_store::FolderContents;
/// use client_app::ports::{ContentLocation, DocumentContents, InstallationId};
/// use client_domain::kyc::ContentKey;
/// use futures_util::{StreamExt as _, stream};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let contents = FolderContents::open(folder.path())?;
/// contents.claim(&InstallationId::from_bits(7)).await?;
/// let key = ContentKey::from_bits("2026-01-05T09:00:00Z".parse()?, 1);
/// contents.put(&key, stream::iter([Ok("a file".into())]).boxed()).await?;
/// assert_eq!(contents.keys(None, 10).await?, [key]);
/// assert!(FolderContents::open("/no/such/folder".as_ref()).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FolderContents(Arc<Folder>);

impl FolderContents {
    /// Opens an existing folder.
    pub fn open(folder: &Path) -> Result<Self, LocationError> {
        if !folder.is_dir() {
            return Err(LocationError::new("the folder does not exist"));
        }
        std::fs::read_dir(folder).map_err(|_| LocationError::new("the folder cannot be read"))?;
        Ok(Self(Arc::new(Folder::new(folder.to_owned()))))
    }

    /// Runs an operation on a thread that may block.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let folder = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || work(&folder)).await.unwrap_or_else(|_| Err(interrupted()))
    }

    /// The file of a content, in the trash or outside of it.
    async fn file(&self, key: &ContentKey) -> Result<Option<File>, StoreError> {
        // A file that is restored between the first two attempts is found by the third one.
        for name in [self.0.stored(key), self.0.trashed(key), self.0.stored(key)] {
            match File::open(name).await {
                Ok(file) => return Ok(Some(file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(io_error(&error)),
            }
        }
        self.on_disk(Folder::check).await.map(|()| None)
    }
}

#[async_trait]
impl DocumentContents for FolderContents {
    async fn put(&self, key: &ContentKey, mut bytes: ContentBytes) -> Result<(), StoreError> {
        let (folder, new_key) = (Arc::clone(&self.0), key.clone());
        let file = self.on_disk(move |folder| folder.begin(&new_key)).await?;
        // From here on, dropping this future removes the incomplete file.
        let incomplete = Incomplete { folder, key: key.clone() };
        let mut file = File::from_std(file);
        while let Some(piece) = bytes.next().await {
            file.write_all(&piece?).await.map_err(|error| io_error(&error))?;
        }
        file.flush().await.map_err(|error| io_error(&error))?;
        file.sync_all().await.map_err(|error| io_error(&error))?;
        let key = key.clone();
        self.on_disk(move |folder| {
            let completed = folder.complete(&key);
            drop(incomplete);
            completed
        })
        .await
    }

    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        let Some(file) = self.file(key).await? else { return Ok(None) };
        let size = file.metadata().await.map_err(|error| io_error(&error))?.len();
        let pieces = stream::unfold(Some(file), |file| async move {
            let mut file = file?;
            let mut piece = BytesMut::with_capacity(MAX_PIECE_BYTES);
            match file.read_buf(&mut piece).await {
                Ok(0) => None,
                Ok(_) => Some((Ok::<Bytes, StoreError>(piece.freeze()), Some(file))),
                Err(error) => Some((Err(io_error(&error)), None)),
            }
        });
        Ok(Some(checked_length(pieces.boxed(), size)))
    }

    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        let after = after.cloned();
        self.on_disk(move |folder| folder.keys(after.as_ref(), limit)).await
    }

    async fn trash(&self, key: &ContentKey) -> Result<bool, StoreError> {
        let key = key.clone();
        self.on_disk(move |folder| {
            let exists = folder.rename(&folder.stored(&key), &folder.trashed(&key))?;
            if !exists {
                // An incomplete file of a process that was killed.
                folder.delete(&key)?;
            }
            Ok(exists)
        })
        .await
    }

    async fn restore(&self, key: &ContentKey) -> Result<bool, StoreError> {
        let key = key.clone();
        self.on_disk(move |folder| folder.rename(&folder.trashed(&key), &folder.stored(&key))).await
    }

    async fn delete(&self, key: &ContentKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.on_disk(move |folder| folder.delete(&key)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.on_disk(Folder::ready).await
    }

    async fn writable(&self) -> Result<(), StoreError> {
        self.on_disk(Folder::writable).await
    }
}

#[async_trait]
impl ContentLocation for FolderContents {
    async fn installation(&self) -> Result<Option<InstallationId>, StoreError> {
        self.on_disk(Folder::marker).await
    }

    async fn claim(&self, installation: &InstallationId) -> Result<InstallationId, StoreError> {
        let installation = installation.clone();
        self.on_disk(move |folder| folder.claim(&installation)).await
    }

    async fn confirmed(&self) -> Result<Option<String>, StoreError> {
        self.on_disk(Folder::confirmed).await
    }

    async fn set_confirmed(&self, text: &str) -> Result<(), StoreError> {
        let text = text.to_owned();
        self.on_disk(move |folder| folder.set_confirmed(&text)).await
    }
}

impl fmt::Debug for FolderContents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FolderContents").finish_non_exhaustive()
    }
}
