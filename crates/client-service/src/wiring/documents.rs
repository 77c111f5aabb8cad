//! The storage of files of documents: opened, and claimed for the database of this service.

use std::sync::Arc;

use adapter_object_store::OpenLocation;
use client_app::claim_place;
use client_app::ports::{ContentPlace, DocumentContents, KeyGenerator as _};

use super::storage::Storage;
use crate::config::documents::DocumentArgs;
use crate::config::error::SettingsError;
use crate::config::value::{Switch, non_empty};
use crate::exit::ExitError;
use crate::system::RandomKeys;

/// Opens the location of `--documents`, if it is set.
pub(crate) async fn open(
    arguments: &DocumentArgs,
    has_database: bool,
) -> Result<Option<Arc<dyn ContentPlace>>, SettingsError> {
    let Some(location) = non_empty(arguments.documents.as_deref()) else {
        return Ok(None);
    };
    // A store in memory starts empty, so garbage collection would take every file of an earlier run for an orphan.
    if !has_database {
        let sentence =
            "--documents: files outlive clients that are stored in memory, so this needs a --database-url";
        return Err(SettingsError(sentence.to_owned()));
    }
    #[expect(clippy::disallowed_methods, reason = "the standard variables of S3 have no flags")]
    let variables: Vec<_> = std::env::vars().collect();
    let plain_http = arguments.documents_plain_http == Switch::On;
    let opened = adapter_object_store::open_location(location, variables, plain_http).await;
    let OpenLocation { contents, warning } =
        opened.map_err(|error| SettingsError(format!("--documents: {error}")))?;
    if let Some(warning) = warning {
        tracing::warn!("--documents: {warning}");
    }
    Ok(Some(contents))
}

/// The files of this storage: at `location`, if it belongs to this database, or beside the clients.
pub(crate) async fn contents(
    location: Option<Arc<dyn ContentPlace>>,
    storage: &Storage,
) -> Result<Arc<dyn DocumentContents>, ExitError> {
    let Some(location) = location else {
        return Ok(storage.contents());
    };
    let fresh = RandomKeys.installation_id();
    let claimed = claim_place(&*storage.clients(), &*storage.ledger(), &*location, &fresh).await;
    claimed.map_err(|refusal| ExitError::Failed(format!("--documents: {refusal}")))?;
    Ok(location)
}
