//! Checks that a content place belongs to this database.

use client_domain::kyc::ContentKey;
use jiff::Timestamp;

use crate::ports::contents::ContentPlace;
use crate::ports::error::StoreError;
use crate::ports::ledger::{ContentLedger, InstallationId};
use crate::ports::store::ClientStore;

/// How many contents of a place without an owner are checked before it is claimed.
const SAMPLE: usize = 1_000;

/// Why a content place is not used.
#[derive(Debug, thiserror::Error)]
pub enum PlaceRefusal {
    /// The place belongs to another installation.
    #[error(
        "the place belongs to another installation of the service: its file `installation` names another database; give \
         this database a place of its own"
    )]
    AnotherInstallation,
    /// The place names no owner and has contents, and the database knows too few of them.
    #[error(
        "the place has contents and says nothing of whose they are, and this database knows {known} of the {seen} that \
         were looked at; give this database an empty place or its own"
    )]
    Unknown {
        /// How many of the checked contents the database knows.
        known: usize,
        /// How many contents were checked.
        seen: usize,
    },
    /// The database or the place failed.
    #[error("the place or the database does not answer: {0}")]
    Failed(#[from] StoreError),
}

/// Makes sure that the place belongs to this database.
///
/// A place that names this installation is accepted. A place without an owner is claimed if it is empty, or
/// if the database knows more than half of its oldest contents (at most 1,000 are checked): a release before
/// the marker used it. Any other place is refused.
pub async fn claim_place(
    store: &dyn ClientStore,
    ledger: &dyn ContentLedger,
    place: &dyn ContentPlace,
    fresh: &InstallationId,
) -> Result<(), PlaceRefusal> {
    let own = ledger.installation(fresh).await?;
    match place.installation().await? {
        Some(owner) if owner != own => return Err(PlaceRefusal::AnotherInstallation),
        Some(_) => {}
        None => {
            let contents = place.keys(None, SAMPLE).await?;
            let known = known(store, ledger, &contents).await?;
            if !contents.is_empty() && known * 2 <= contents.len() {
                return Err(PlaceRefusal::Unknown { known, seen: contents.len() });
            }
        }
    }
    if place.claim(&own).await? == own { Ok(()) } else { Err(PlaceRefusal::AnotherInstallation) }
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
