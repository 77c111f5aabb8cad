//! Whether a bucket is there, and which installation it belongs to.

use async_trait::async_trait;
use client_app::ports::{ContentPlace, InstallationId, StoreError};
use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{Error, ObjectStore as _, PutMode, PutOptions, PutPayload};

use crate::ObjectContents;
use crate::place::{MARKER, PlaceError};
use crate::trouble::{code, corrupt_marker, gone, kind, trouble};

impl ObjectContents {
    /// Makes sure that the place is there and can be read; if not, the sentence names the code of the storage.
    pub async fn check(&self) -> Result<(), PlaceError> {
        // A list and not a look at one object: its refusal has a body, which says why.
        match self.0.store.list(Some(&self.0.prefix)).next().await {
            None | Some(Ok(_)) => Ok(()),
            Some(Err(error)) => {
                let code = code(&error).map(|code| format!(" ({code})")).unwrap_or_default();
                Err(PlaceError::new(&format!(
                    "{}{code}; the bucket must be there, and AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and \
                     AWS_ENDPOINT_URL must belong to it",
                    kind(&error)
                )))
            }
        }
    }

    fn marker(&self) -> Path {
        self.0.prefix.clone().join(MARKER)
    }
}

#[async_trait]
impl ContentPlace for ObjectContents {
    async fn installation(&self) -> Result<Option<InstallationId>, StoreError> {
        let Some(marker) = self.object(&self.marker()).await? else { return Ok(None) };
        let bytes = marker.bytes().await.map_err(|error| trouble(&error))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| corrupt_marker())?;
        InstallationId::parse(text.trim_end()).map(Some).map_err(|_| corrupt_marker())
    }

    async fn claim(&self, installation: &InstallationId) -> Result<InstallationId, StoreError> {
        // Asked first: there is storage that does not know how to create only what is absent.
        if self.installation().await?.is_none() {
            let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
            let marker = PutPayload::from(format!("{installation}\n"));
            match self.0.store.put_opts(&self.marker(), marker, options).await {
                Ok(_) | Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {}
                Err(error) => return Err(trouble(&error)),
            }
        }
        let owner = self.installation().await?.ok_or_else(gone)?;
        if owner == *installation {
            let _set_before = self.0.installation.set(owner.clone());
        }
        Ok(owner)
    }
}
