use async_trait::async_trait;
use bytes::Bytes;
use client_domain::kyc::ContentKey;
use futures_util::stream::BoxStream;
use jiff::Timestamp;

use super::{ContentLedger, InstallationId, OrphanCandidate, StoreError};

/// The bytes of a file, piece by piece.
pub type ContentBytes = BoxStream<'static, Result<Bytes, StoreError>>;

/// Where the files of KYC documents are stored.
///
/// A content is stored before the command commits that names it, and is never written again: another file gets another
/// key. What no document names in the end is an orphan. Orphans are found by the [`ContentLedger`], moved to the trash,
/// and deleted when they have been there long enough; a content in the trash can still be read.
///
/// No method holds more of a content than a small piece of it at a time.
#[async_trait]
pub trait DocumentContents: Send + Sync {
    /// Stores a content under a fresh key.
    ///
    /// A key that is used is [`StoreError::Corrupt`], and the content stored under it stays. An adapter that sends
    /// again by itself what it got no answer to recognises its own earlier success.
    ///
    /// When it has answered, the content is there whole, and as durable as a commit of the storage behind it. If `bytes`
    /// ends with an error, that is the answer; then, and where the caller stops waiting, [`Self::open`] finds nothing
    /// under the key, and what has been written of it is an orphan that [`Self::delete`] removes.
    ///
    /// Where the place itself is gone, the answer is [`StoreError::Unavailable`] and nothing is created in its stead.
    async fn put(&self, key: &ContentKey, bytes: ContentBytes) -> Result<(), StoreError>;

    /// The content under this key, from its first byte, in the trash or not; nothing if none was stored whole.
    ///
    /// Its pieces have at most 1 MiB. A content that is moved or deleted while it is read comes whole or ends with an
    /// error, and never early as if it were whole.
    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError>;

    /// The keys of everything that is stored, whole or not, in their order: those after `after`, at most `limit`. Those
    /// in the trash may be left out.
    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError>;

    /// Moves a content to the trash; whether it is there now. One that is in the trash stays there.
    async fn trash(&self, key: &ContentKey) -> Result<bool, StoreError>;

    /// Moves a content back from the trash; whether it is stored now. One that is not in the trash stays where it is.
    async fn restore(&self, key: &ContentKey) -> Result<bool, StoreError>;

    /// Deletes a content for good, whole or not, in the trash or not. One that is not there is deleted already.
    async fn delete(&self, key: &ContentKey) -> Result<(), StoreError>;

    /// Whether contents can be read now, and the place is still the one that was opened.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Whether contents can be stored now. An adapter that cannot try it cheaply answers as [`Self::ready`] does.
    async fn writable(&self) -> Result<(), StoreError> {
        self.ready().await
    }
}

/// A place for contents outside of the database, which can be taken for another one: it carries the id of the
/// installation that it belongs to.
#[async_trait]
pub trait ContentPlace: DocumentContents {
    /// Which installation the place says it belongs to; nothing where it says nothing.
    async fn installation(&self) -> Result<Option<InstallationId>, StoreError>;

    /// Writes down that the place belongs to this installation, if it does not belong to any; which one it belongs to
    /// then. Of two who do this at once, one wins. From then on the place is used only while it says the same.
    async fn claim(&self, installation: &InstallationId) -> Result<InstallationId, StoreError>;
}

/// The contents of a bank that has not said where files are stored: nothing is stored, and every attempt is answered as
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
