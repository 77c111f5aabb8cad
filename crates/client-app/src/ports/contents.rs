use async_trait::async_trait;
use bytes::Bytes;
use client_domain::kyc::ContentKey;
use futures_util::stream::BoxStream;
use jiff::Timestamp;

use crate::ports::error::StoreError;
use crate::ports::ledger::{ContentLedger, InstallationId, OrphanCandidate};

/// The bytes of a file in pieces.
pub type ContentBytes = BoxStream<'static, Result<Bytes, StoreError>>;

/// The store of the files of KYC documents.
///
/// A content is stored before the commit of the command that names it, and is never overwritten: another file
/// gets another key. A content that no document names is an orphan. The [`ContentLedger`] finds orphans; they
/// are moved to the trash, and deleted some time later. A content in the trash can still be read.
///
/// No method holds more than a small piece of a content in memory.
#[async_trait]
pub trait DocumentContents: Send + Sync {
    /// Stores a content under a fresh key.
    ///
    /// A key that is used is [`StoreError::Corrupt`], and the content stored under it stays. An adapter that
    /// retries after a lost answer recognises its own earlier success.
    ///
    /// After success, the content is complete, and as durable as a commit of its storage. If `bytes` ends
    /// with an error, so does the call. Then, and if the caller drops the future, [`Self::open`] finds
    /// nothing under the key, and the part that was written is an orphan that [`Self::delete`] removes.
    ///
    /// If the location itself is missing, the result is [`StoreError::Unavailable`], and no new location is
    /// created.
    async fn put(&self, key: &ContentKey, bytes: ContentBytes) -> Result<(), StoreError>;

    /// The complete content under this key, from its first byte, in the trash or not; `None` if there is
    /// none.
    ///
    /// Its pieces have at most 1 MiB. If a content is moved or deleted while it is read, it arrives complete
    /// or ends with an error; it is never silently truncated.
    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError>;

    /// The keys of everything that is stored, complete or not, in order: those after `after`, at most
    /// `limit`. Contents in the trash may be omitted.
    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError>;

    /// Moves a content to the trash, and returns whether it is there now. Idempotent.
    async fn trash(&self, key: &ContentKey) -> Result<bool, StoreError>;

    /// Moves a content back from the trash, and returns whether it is stored now. A content outside the trash
    /// stays where it is.
    async fn restore(&self, key: &ContentKey) -> Result<bool, StoreError>;

    /// Deletes a content permanently, complete or not, in the trash or not. A missing content is no error.
    async fn delete(&self, key: &ContentKey) -> Result<(), StoreError>;

    /// Whether contents can be read now, and the location is still the one that was opened.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Whether contents can be stored now. An adapter without a cheap test answers like [`Self::ready`].
    async fn writable(&self) -> Result<(), StoreError> {
        self.ready().await
    }
}

/// A content location outside the database, which could be the location of another installation. Therefore it
/// carries the id of the installation that it belongs to.
#[async_trait]
pub trait ContentLocation: DocumentContents {
    /// The installation that the location names; `None` without a marker.
    async fn installation(&self) -> Result<Option<InstallationId>, StoreError>;

    /// Marks the location with this installation, unless it has a marker, and returns the installation of the
    /// marker. Of concurrent calls, one wins. From then on the location is used only while the marker stays the
    /// same.
    async fn claim(&self, installation: &InstallationId) -> Result<InstallationId, StoreError>;

    /// The text that [`set_confirmed`](Self::set_confirmed) has kept here last; `None` if there is none.
    async fn confirmed(&self) -> Result<Option<String>, StoreError>;

    /// Keeps what the database has confirmed, in place of the text before. It is no content, and is read whole: the new text or
    /// the one before.
    async fn set_confirmed(&self, text: &str) -> Result<(), StoreError>;
}

/// The content store of a bank that has not configured one: nothing is stored, and every attempt is
/// unavailable.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoContents;

#[async_trait]
impl DocumentContents for NoContents {
    async fn put(&self, _key: &ContentKey, _bytes: ContentBytes) -> Result<(), StoreError> {
        Err(StoreError::Unavailable(None))
    }

    async fn open(&self, _key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        Ok(None)
    }

    async fn keys(&self, _after: Option<&ContentKey>, _limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        Ok(Vec::new())
    }

    async fn trash(&self, _key: &ContentKey) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn restore(&self, _key: &ContentKey) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn delete(&self, _key: &ContentKey) -> Result<(), StoreError> {
        Ok(())
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl ContentLedger for NoContents {
    async fn queue(&self, _candidate: &OrphanCandidate) -> Result<(), StoreError> {
        Err(StoreError::Unavailable(None))
    }

    async fn queued(
        &self,
        _before: Timestamp,
        _after: Option<&ContentKey>,
        _limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        Ok(Vec::new())
    }

    async fn trashed(
        &self,
        _before: Timestamp,
        _after: Option<&ContentKey>,
        _limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        Ok(Vec::new())
    }

    async fn set_trashed(&self, _keys: &[ContentKey], _at: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }

    async fn dequeue(&self, _keys: &[ContentKey]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn documents(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError> {
        Ok(fresh.clone())
    }
}
