use client_app::ports::{ContentBytes, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::StreamExt as _;

/// The name of the file that says which installation a location belongs to.
pub(crate) const MARKER: &str = "installation";
/// The name of the file that keeps what the database has confirmed.
pub(crate) const CONFIRMED: &str = "confirmed-commits";
/// The name of the folder for files that will be deleted.
pub(crate) const TRASH: &str = "trash";
/// How many characters of a key name its folder. A key begins with 12 characters for its millisecond, and the first five
/// of them change every three days.
const FOLDER_NAME_CHARS: usize = 5;

/// The folder of a key. Every name is made from a key alone, so no name can lead out of the location.
pub(crate) fn folder_name(key: &ContentKey) -> &str {
    key.as_str().get(..FOLDER_NAME_CHARS).unwrap_or_default()
}

/// Why a location cannot be used, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LocationError(String);

impl LocationError {
    pub(crate) fn new(sentence: &str) -> Self {
        Self(sentence.to_owned())
    }
}

/// The bytes of a content, which end with an error if they are fewer than `size`, its length when it was opened.
pub(crate) fn checked_length(bytes: ContentBytes, size: u64) -> ContentBytes {
    let state = (bytes, size, false);
    futures_util::stream::unfold(state, |(mut bytes, left, has_ended)| async move {
        if has_ended {
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
                let what = "a content that was deleted while it was read".to_owned();
                Some((Err(StoreError::Corrupt { what }), (bytes, left, true)))
            }
        }
    })
    .boxed()
}
