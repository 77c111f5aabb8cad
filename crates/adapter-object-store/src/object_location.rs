//! A bucket as a location: whether it exists, and which installation it belongs to.

use async_trait::async_trait;
use client_app::ports::{ContentLocation, InstallationId, StoreError};
use futures_util::StreamExt as _;
use object_store::path::Path;
use object_store::{Error, ObjectStore as _, PutMode, PutOptions, PutPayload};

use crate::error::{code, corrupt_confirmed, corrupt_marker, gone, kind, store_error};
use crate::location::{CONFIRMED, LocationError, MARKER};
use crate::object_contents::ObjectContents;

impl ObjectContents {
    /// Fails unless the location exists and can be read. The error names the code of the storage.
    pub async fn check(&self) -> Result<(), LocationError> {
        // A list request, and not a request for one object: its error has a body with a code.
        match self.0.store.list(Some(&self.0.prefix)).next().await {
            None | Some(Ok(_)) => Ok(()),
            Some(Err(error)) => {
                let code = code(&error).map(|code| format!(" ({code})")).unwrap_or_default();
                Err(LocationError::new(&format!(
                    "{}{code}; the bucket must exist, and AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and \
                     AWS_ENDPOINT_URL must belong to it",
                    kind(&error)
                )))
            }
        }
    }

    fn confirmed_path(&self) -> Path {
        self.0.prefix.clone().join(CONFIRMED)
    }

    fn marker(&self) -> Path {
        self.0.prefix.clone().join(MARKER)
    }
}

#[async_trait]
impl ContentLocation for ObjectContents {
    async fn installation(&self) -> Result<Option<InstallationId>, StoreError> {
        let Some(marker) = self.object(&self.marker()).await? else { return Ok(None) };
        let bytes = marker.bytes().await.map_err(|error| store_error(&error))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| corrupt_marker())?;
        InstallationId::parse(text.trim_end()).map(Some).map_err(|_| corrupt_marker())
    }

    async fn claim(&self, installation: &InstallationId) -> Result<InstallationId, StoreError> {
        // This checks first, because some storage does not support creating an object only if it is absent.
        if self.installation().await?.is_none() {
            let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
            let marker = PutPayload::from(format!("{installation}\n"));
            match self.0.store.put_opts(&self.marker(), marker, options).await {
                Ok(_) | Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {}
                Err(error) => return Err(store_error(&error)),
            }
        }
        let owner = self.installation().await?.ok_or_else(gone)?;
        if owner == *installation {
            let _set_before = self.0.installation.set(owner.clone());
        }
        Ok(owner)
    }

    async fn confirmed(&self) -> Result<Option<String>, StoreError> {
        let Some(kept) = self.object(&self.confirmed_path()).await? else { return Ok(None) };
        let bytes = kept.bytes().await.map_err(|error| store_error(&error))?;
        String::from_utf8(bytes.to_vec()).map(Some).map_err(|_| corrupt_confirmed())
    }

    async fn set_confirmed(&self, text: &str) -> Result<(), StoreError> {
        let kept = PutPayload::from(text.to_owned());
        let put = self.0.store.put_opts(&self.confirmed_path(), kept, PutOptions::default()).await;
        put.map(|_| ()).map_err(|error| store_error(&error))
    }
}
