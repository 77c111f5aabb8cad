//! Checks that a content location belongs to this database.

use client_domain::kyc::ContentKey;
use jiff::Timestamp;

use crate::ports::contents::ContentLocation;
use crate::ports::error::StoreError;
use crate::ports::ledger::{ContentLedger, InstallationId};
use crate::ports::store::ClientStore;

/// How many contents of a location without an owner are checked before it is claimed.
const SAMPLE: usize = 1_000;

/// Why a content location is not used.
#[derive(Debug, thiserror::Error)]
pub enum LocationRefusal {
    /// The location belongs to another installation.
    #[error(
        "the location belongs to another installation of the service: its file `installation` names another \
         database; configure a separate location for this database"
    )]
    AnotherInstallation,
    /// The location names no owner and has contents, and the database knows too few of them.
    #[error(
        "the location has files but no file `installation`, and this database has documents for {known} of the \
         {seen} files that were checked; configure an empty location or the one of this database"
    )]
    Unknown {
        /// How many of the checked contents the database knows.
        known: usize,
        /// How many contents were checked.
        seen: usize,
    },
    /// The database or the location failed.
    #[error("the location or the database does not answer: {0}")]
    Failed(#[from] StoreError),
}

/// Makes sure that the location belongs to this database.
///
/// A location that names this installation is accepted. A location without an owner is claimed if it is empty, or
/// if the database knows more than half of its oldest contents (at most 1,000 are checked): a release before
/// the marker used it. Any other location is refused.
pub async fn claim_location(
    store: &dyn ClientStore,
    ledger: &dyn ContentLedger,
    location: &dyn ContentLocation,
    fresh: &InstallationId,
) -> Result<(), LocationRefusal> {
    let own = ledger.installation(fresh).await?;
    match location.installation().await? {
        Some(owner) if owner != own => return Err(LocationRefusal::AnotherInstallation),
        Some(_) => {}
        None => {
            let contents = location.keys(None, SAMPLE).await?;
            let known = known(store, ledger, &contents).await?;
            if !contents.is_empty() && known * 2 <= contents.len() {
                return Err(LocationRefusal::Unknown { known, seen: contents.len() });
            }
        }
    }
    if location.claim(&own).await? == own { Ok(()) } else { Err(LocationRefusal::AnotherInstallation) }
}

/// How many of these contents are named by a document or queued.
async fn known(
    store: &dyn ClientStore,
    ledger: &dyn ContentLedger,
    contents: &[ContentKey],
) -> Result<usize, StoreError> {
    if contents.is_empty() {
        return Ok(0);
    }
    let mut known = store.contents_in_use(contents).await?;
    let mut after = None;
    loop {
        let queued = ledger.queued(Timestamp::MAX, after.as_ref(), SAMPLE).await?;
        after = queued.last().cloned();
        let more = queued.len() == SAMPLE;
        known.extend(queued.into_iter().filter(|key| contents.contains(key)));
        if !more {
            return Ok(known.len());
        }
    }
}
