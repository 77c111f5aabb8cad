use std::fmt;

use async_trait::async_trait;
use client_domain::Invalid;
use client_domain::kyc::ContentKey;
use jiff::Timestamp;

use crate::ports::error::StoreError;

/// The id of an installation of the service: its database and its content location carry it.
///
/// ```
/// use client_app::ports::InstallationId;
///
/// let id = InstallationId::from_bits(7);
/// assert_eq!(InstallationId::parse(id.as_str())?, id);
/// assert!(InstallationId::parse("production").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstallationId(String);

impl InstallationId {
    /// Formats 128 random bits as an id.
    pub fn from_bits(bits: u128) -> Self {
        Self(format!("{bits:032x}"))
    }

    /// Reads an id: 32 lower-case hexadecimal characters.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let made_here = raw.len() == 32 && raw.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let wrong = Invalid::Format { expected: "32 lower-case hexadecimal characters" };
        if made_here { Ok(Self(raw.to_owned())) } else { Err(wrong) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstallationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A content that may be an orphan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrphanCandidate {
    /// Its key.
    pub key: ContentKey,
    /// When its upload began, or when it was replaced.
    pub since: Timestamp,
}

/// The list of contents that may be orphans, so that garbage collection never lists the place.
///
/// It belongs to the storage of the clients, because commits write it: a content is queued before it is
/// stored, the commit that names it dequeues it, and the commit that replaces it queues it again; see
/// [`ClientStore::commit`](super::ClientStore::commit). So each content is named by a document, or queued, or
/// briefly both, and a crash at any point loses none.
#[async_trait]
pub trait ContentLedger: Send + Sync {
    /// Queues a content. A content that is queued or in the trash stays as it is.
    async fn queue(&self, candidate: &OrphanCandidate) -> Result<(), StoreError>;

    /// The contents that were queued before this time and are not in the trash, in the order of their keys:
    /// those after `after`, at most `limit`.
    async fn queued(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError>;

    /// The contents that went to the trash before this time, in the order of their keys: those after `after`,
    /// at most `limit`.
    async fn trashed(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError>;

    /// Records that these contents are in the trash since this time. Contents that are not queued, or are in
    /// the trash already, stay as they are.
    async fn set_trashed(&self, keys: &[ContentKey], at: Timestamp) -> Result<(), StoreError>;

    /// Removes contents from the queue and from the trash list, because documents name them or because they
    /// are deleted.
    async fn dequeue(&self, keys: &[ContentKey]) -> Result<(), StoreError>;

    /// The number of documents; each names one content.
    async fn documents(&self) -> Result<u64, StoreError>;

    /// The id of this installation: `fresh` at the first call, and the same ever after.
    async fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError>;
}
