//! What a service opens and asks before it serves: keys of tokens, clients, files, the identity provider.

use std::path::PathBuf;
use std::sync::Arc;

use adapter_http::auth::TokenVerifier;
use client_app::ports::DocumentContents;

use super::auth::Keys;
use super::confirmed::{self, Confirming};
use super::console::{ConsoleSettings, Entrance};
use super::development_key::DevelopmentKey;
use super::documents;
use super::storage::Storage;
use crate::config::service::ServeArgs;
use crate::config::storage_location::StorageLocation;
use crate::config::value::Switch;
use crate::exit::ExitError;

/// What the settings say about it.
pub(crate) struct Opening {
    pub(crate) keys: Keys,
    pub(crate) console: ConsoleSettings,
    pub(crate) confirmed_commits: Option<PathBuf>,
}

/// What was found, and fits together.
pub(crate) struct Opened {
    pub(crate) storage: Storage,
    pub(crate) contents: Arc<dyn DocumentContents>,
    pub(crate) confirming: Option<Confirming>,
    pub(crate) verifier: Arc<TokenVerifier>,
    /// The key that the service has made itself.
    pub(crate) development: Option<DevelopmentKey>,
    pub(crate) entrance: Option<Entrance>,
}

impl Opening {
    /// Opens all of it. It may take as long as a database is waited for and migrated.
    pub(crate) async fn open(
        self,
        arguments: &ServeArgs,
        location: &StorageLocation,
    ) -> Result<Opened, ExitError> {
        let token_keys = self.keys.load().await?;
        let files = documents::open(&arguments.documents.location, location).await?;
        documents::refuse_lost_database(files.as_ref(), location).await?;
        let reads_only = arguments.replicas.read_only == Switch::On;
        let storage = Storage::open(location, &arguments.database, reads_only).await?;
        let contents = documents::contents(files.clone(), location, &storage).await?;
        let confirming = confirmed::confirming(files, &storage, self.confirmed_commits, arguments).await?;
        let (verifier, development) = token_keys.verifier(location).await?;
        let entrance = self.console.entrance(development.is_some()).await?;
        Ok(Opened { storage, contents, confirming, verifier, development, entrance })
    }
}
