//! The place for files of documents: opened, and made sure that it is this database's.

use std::sync::Arc;

use adapter_object_store::OpenPlace;
use client_app::claim_place;
use client_app::ports::{ContentPlace, DocumentContents, KeyGenerator as _};

use crate::Stop;
use crate::cli::{DocumentArgs, Switch};
use crate::settings::{SettingsError, said};
use crate::storage::Storage;
use crate::system::RandomKeys;

/// Opens the place that the command line names, if it names one.
pub(crate) async fn open(
    arguments: &DocumentArgs,
    has_database: bool,
) -> Result<Option<Arc<dyn ContentPlace>>, SettingsError> {
    let Some(place) = said(arguments.documents.as_deref()) else {
        return Ok(None);
    };
    // To clients who are gone at the end, every file that was there before is an orphan.
    if !has_database {
        let sentence =
            "--documents: files outlive clients that are kept in memory, so this needs a --database-url";
        return Err(SettingsError(sentence.to_owned()));
    }
    #[expect(clippy::disallowed_methods, reason = "the standard variables of S3 have no flags")]
    let variables: Vec<_> = std::env::vars().collect();
    let plain_http = arguments.documents_plain_http == Switch::On;
    let opened = adapter_object_store::open_place(place, variables, plain_http).await;
    let OpenPlace { place, warning } =
        opened.map_err(|error| SettingsError(format!("--documents: {error}")))?;
    if let Some(warning) = warning {
        tracing::warn!("--documents: {warning}");
    }
    Ok(Some(place))
}

/// The files of this storage: in the place, if one is named and belongs to this database, or beside the clients.
pub(crate) async fn contents(
    place: Option<Arc<dyn ContentPlace>>,
    storage: &Storage,
) -> Result<Arc<dyn DocumentContents>, Stop> {
    let Some(place) = place else {
        return Ok(storage.contents());
    };
    let fresh = RandomKeys.installation_id();
    let claimed = claim_place(&*storage.clients(), &*storage.ledger(), &*place, &fresh).await;
    claimed.map_err(|refusal| Stop::Failed(format!("--documents: {refusal}")))?;
    Ok(place)
}
