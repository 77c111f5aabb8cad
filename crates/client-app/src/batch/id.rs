use std::fmt;

use client_domain::{ActorId, Invalid};
use sha2::{Digest as _, Sha256};

use super::form::BatchForm;
use crate::hex_id;
use crate::request::IdempotencyKey;

/// The id of a batch: 32 lower-case hexadecimal characters.
///
/// It follows from what is uploaded: the caller, the digest of the file and how its rows are read. So the same file, sent
/// twice, is the same batch. A caller that means another one sends an idempotency key, which the id then follows from.
///
/// ```
/// use client_app::batch::BatchId;
///
/// let id = BatchId::parse("0123456789abcdef0123456789abcdef")?;
/// assert_eq!(id.as_str().len(), 32);
/// assert!(BatchId::parse("../batches").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(String);

impl BatchId {
    /// The id of a batch of this caller.
    pub(crate) fn of(
        caller: &ActorId,
        key: Option<&IdempotencyKey>,
        content: &client_domain::kyc::Sha256,
        form: &BatchForm,
    ) -> Self {
        let mut hasher = Sha256::new_with_prefix(b"clients: the id of a batch\0");
        let mut part = |bytes: &[u8]| {
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        };
        part(caller.as_str().as_bytes());
        if let Some(key) = key {
            part(key.as_str().as_bytes());
        } else {
            part(&content.0);
            part(form.to_json().as_bytes());
        }
        Self(hex_id::of(hasher))
    }

    /// Reads an id that was made here.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        hex_id::parse(raw).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
