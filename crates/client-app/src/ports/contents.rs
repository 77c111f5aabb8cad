use async_trait::async_trait;
use bytes::Bytes;
use client_domain::kyc::ContentKey;
use futures_util::stream::BoxStream;

use super::StoreError;

/// The bytes of a file, piece by piece.
pub type ContentBytes = BoxStream<'static, Result<Bytes, StoreError>>;

/// Where the files of KYC documents are kept.
///
/// A content is kept before the command commits that mentions it, and is never written again: whoever hands in another
/// file gets another key. What no document mentions in the end is a leftover and is swept.
///
/// No method holds more of a content than a small piece of it at a time.
#[async_trait]
pub trait DocumentContents: Send + Sync {
    /// Keeps a content under a fresh key.
    ///
    /// A key that is taken is [`StoreError::Corrupt`], and what is kept under it stays.
    ///
    /// When it has answered, the content is there whole, and as safe as a commit of the storage behind it. If `bytes`
    /// ends with an error, that is the answer; then, and where the caller stops waiting, [`Self::open`] finds nothing
    /// under the key, and what has been written of it is at most a leftover that [`Self::keys`] names.
    async fn keep(&self, key: &ContentKey, bytes: ContentBytes) -> Result<(), StoreError>;

    /// The content under this key, from its first byte; nothing if none was kept whole.
    ///
    /// Its pieces have at most 1 MiB. A content that is forgotten while it is read comes whole or ends with an error, and
    /// never early as if it were whole.
    async fn open(&self, key: &ContentKey) -> Result<Option<ContentBytes>, StoreError>;

    /// The keys of everything that is kept, whole or not, in their order: those after `after`, at most `limit`.
    async fn keys(&self, after: Option<&ContentKey>, limit: usize) -> Result<Vec<ContentKey>, StoreError>;

    /// Forgets a content, whole or not. One that is not there is forgotten already.
    async fn forget(&self, key: &ContentKey) -> Result<(), StoreError>;

    /// Whether contents can be stored and opened now.
    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// The contents of a bank that has not said where files are to be kept: nothing is kept, and whoever tries is told that
/// it cannot be done now.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoContents;

#[async_trait]
impl DocumentContents for NoContents {
    async fn keep(&self, _key: &ContentKey, _bytes: ContentBytes) -> Result<(), StoreError> {
        Err(StoreError::Unavailable(None))
    }

    async fn open(&self, _key: &ContentKey) -> Result<Option<ContentBytes>, StoreError> {
        Ok(None)
    }

    async fn keys(&self, _after: Option<&ContentKey>, _limit: usize) -> Result<Vec<ContentKey>, StoreError> {
        Ok(Vec::new())
    }

    async fn forget(&self, _key: &ContentKey) -> Result<(), StoreError> {
        Ok(())
    }
}
