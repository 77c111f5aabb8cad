//! Download of the file of a document.

use client_domain::kyc::{DocumentId, MediaType, Sha256};
use client_domain::{Client, Permission};
use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256 as Hasher};

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::contents::ContentBytes;
use crate::ports::error::StoreError;
use crate::ports::store::ClientRef;
use crate::spine::admission::permit;

/// A file for download.
pub struct OpenedContent {
    /// The bytes. They end with an error if they differ from the submitted ones.
    pub bytes: ContentBytes,
    /// The media type.
    pub media_type: MediaType,
    /// The size in bytes.
    pub size: u64,
    /// The SHA-256 of the bytes.
    pub sha256: Sha256,
    /// A generated file name of letters, digits and hyphens.
    pub file_name: String,
}

impl std::fmt::Debug for OpenedContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedContent").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Clients {
    /// Opens the file of a document.
    ///
    /// # Errors
    ///
    /// [`Error::PermissionMissing`], [`Error::NotFound`], [`Error::ContentMissing`], or a store that does not answer.
    pub async fn open_content(&self, document: &DocumentId, caller: &Caller) -> Result<OpenedContent, Error> {
        permit(caller, [Permission::KycRead])?;
        let client = self.owner_of(document).await?;
        let found = client.kyc().document(document);
        let found = found.ok_or_else(|| Error::NotFound(ClientRef::Document(document.clone())))?;
        let content = &found.content;
        let opened = self.contents.open(&content.key).await.map_err(Error::of_query)?;
        let bytes = opened.ok_or_else(|| Error::ContentMissing(document.clone()))?;
        Ok(OpenedContent {
            bytes: verified(bytes, content.size, content.sha256),
            media_type: content.media_type(),
            size: content.size,
            sha256: content.sha256,
            file_name: format!("{}-{}{}", found.kind.slug(), document, content.extension.name()),
        })
    }

    /// The client of a document.
    pub(super) async fn owner_of(&self, document: &DocumentId) -> Result<Client, Error> {
        let client = ClientRef::Document(document.clone());
        let found = self.store.find(&client).await.map_err(Error::of_query)?;
        found.ok_or(Error::NotFound(client))
    }
}

/// The bytes, which end with an error if they differ from the submitted ones, which had this size and digest. The last piece
/// is held back until the digest is checked, so that a receiver that counts bytes never accepts a damaged file as complete.
///
/// ```
/// use client_app::ports::StoreError;
/// use client_app::verified;
/// use client_domain::kyc::Sha256;
/// use futures_util::{StreamExt as _, stream};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), client_domain::Invalid> {
/// let abc = Sha256::parse("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")?;
/// let read = |text: &'static str| verified(stream::iter([Ok(text.into())]).boxed(), 3, abc).collect::<Vec<_>>();
/// assert_eq!(read("abc").await.first().map(|piece| piece.is_ok()), Some(true));
/// assert!(matches!(read("abd").await.as_slice(), [Err(StoreError::Corrupt { .. })]));
/// # Ok(())
/// # }
/// ```
pub fn verified(bytes: ContentBytes, size: u64, sha256: Sha256) -> ContentBytes {
    struct State {
        bytes: ContentBytes,
        hasher: Hasher,
        left: u64,
        over: bool,
    }
    let state = State { bytes, hasher: Hasher::new(), left: size, over: false };
    let wrong =
        || StoreError::Corrupt { what: "a file whose bytes differ from the submitted ones".to_owned() };
    stream::unfold(state, move |mut state| async move {
        if state.over {
            return None;
        }
        let piece = match state.bytes.next().await {
            Some(Ok(piece)) => piece,
            Some(Err(error)) => {
                state.over = true;
                return Some((Err(error), state));
            }
            None => {
                state.over = true;
                let whole = state.left == 0 && state.hasher.clone().finalize()[..] == sha256.0[..];
                return if whole { None } else { Some((Err(wrong()), state)) };
            }
        };
        state.hasher.update(&piece);
        let length = piece.len() as u64;
        let ends = length == state.left;
        let fits = length <= state.left && (!ends || state.hasher.clone().finalize()[..] == sha256.0[..]);
        state.left = state.left.saturating_sub(length);
        state.over = !fits;
        Some((if fits { Ok(piece) } else { Err(wrong()) }, state))
    })
    .boxed()
}
