//! Why a use case was not done.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use client_domain::client::ClientField;
use client_domain::kyc::{DocumentId, DocumentKind};
use client_domain::lifecycle::Operation;
use client_domain::value::Version;
use client_domain::{ClaimKind, Permission, Refusal};

use crate::ContentRejection;
use crate::ports::{ClientRef, StoreError};

/// Why the bytes of an upload ended early. It comes from the adapter that receives them, which finds its own error in it.
pub type UploadError = Arc<dyn std::error::Error + Send + Sync>;

/// Why a use case was not done.
///
/// ```
/// use client_app::Error;
/// use client_domain::Permission;
///
/// let error = Error::PermissionMissing(vec![Permission::Approve]);
/// assert_eq!(error.to_string(), "the caller lacks a permission: clients:approve");
/// assert!(!error.outcome_is_unknown());
/// ```
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The caller lacks these permissions; never empty.
    #[error("the caller lacks a permission: {}", names(.0))]
    PermissionMissing(Vec<Permission>),
    /// There is no such client, or none with such a document or address.
    #[error("there is no such client, document or address")]
    NotFound(ClientRef),
    /// A rule of the business says no.
    #[error("{}", .0.refusal)]
    Refused(Box<Refused>),
    /// The bank's directory, which lists all there are, does not have what the command names.
    #[error("the bank's directory does not have the branch or the account officer")]
    NotInDirectory {
        /// Whether it is the branch that is unknown.
        branch: bool,
        /// Whether it is the account officer who is unknown.
        officer: bool,
    },
    /// The number does not match the number format that the KYC policy has for this kind of document.
    #[error("the number does not match the number format of this type of document")]
    NumberFormat(DocumentKind),
    /// The file of a document is not accepted.
    #[error("{0}")]
    ContentRejected(ContentRejection),
    /// The bytes of an upload ended early.
    #[error("the upload ended early: {0}")]
    UploadFailed(UploadError),
    /// The file of a document is not in the content store.
    #[error("the file of the document {0} is not in the content store")]
    ContentMissing(DocumentId),
    /// A version was expected of a client that is yet to be created.
    #[error("a client that is yet to be created has no version")]
    VersionNotApplicable,
    /// The policy demands that this command says which version its caller has seen.
    #[error("{command} must say which version of the client was seen")]
    VersionRequired {
        /// The recorded name of the command.
        command: &'static str,
    },
    /// The client is at another version than the one expected.
    #[error("the client is no longer at the expected version")]
    StaleVersion {
        /// The version of the client.
        current: Version,
        /// What has changed since the expected version.
        changed: Vec<ClientField>,
    },
    /// Other commands kept changing the client while this one was tried. Nothing was written.
    #[error("other commands kept changing the client")]
    Contended {
        /// The version at the last attempt.
        last: Option<Version>,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// Other clients have the same; never empty. It is not told which clients.
    #[error("another client has the same identification, e-mail address or phone number")]
    Duplicates(BTreeSet<ClaimKind>),
    /// The caller has met as many duplicates today as one caller may.
    #[error("the caller has met {limit} duplicates today, as many as one caller may")]
    DuplicateQuota {
        /// How many duplicates one caller may meet on one day.
        limit: NonZeroU32,
        /// How long until the next day (UTC).
        retry_after: Duration,
    },
    /// The clock of the service is too far from the clock of the store. Nothing was written.
    #[error("the clock of the service is too far off")]
    ClockOff,
    /// The store did not answer a query in time.
    #[error("the store did not answer in time")]
    TimedOut {
        /// What happened, for the log; no personal data.
        cause: String,
    },
    /// A port is not available. Nothing was written.
    #[error("the store is unavailable; nothing was written")]
    Unavailable {
        /// What happened, for the log; no personal data.
        cause: String,
    },
    /// The store did not say whether the commit was done. With the same idempotency key the command can be repeated safely.
    #[error("whether the command was done is unknown")]
    OutcomeUnknown {
        /// What happened, for the log; no personal data.
        cause: String,
    },
    /// What cannot be: a defect, or stored data that is invalid.
    #[error("internal error")]
    Internal {
        /// What happened, for the log; no personal data.
        cause: Option<String>,
    },
}

/// A refusal, with what its caller could do instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What the domain says.
    pub refusal: Refusal,
    /// What this caller could do with the client now.
    pub allowed: Vec<Operation>,
}

impl Error {
    /// Whether the command may have been done nevertheless.
    pub const fn outcome_is_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. })
    }

    /// Something that cannot be.
    pub(crate) const fn internal() -> Self {
        Self::Internal { cause: None }
    }

    /// A port did not answer a query.
    pub(crate) fn of_query(error: StoreError) -> Self {
        match error {
            StoreError::TimedOut(_) => Self::TimedOut { cause: error.with_source() },
            StoreError::Unavailable(_) => Self::Unavailable { cause: error.with_source() },
            StoreError::Corrupt { .. } => Self::Internal { cause: Some(error.with_source()) },
        }
    }

    /// A port did not answer a command before its commit: nothing has been written.
    pub(crate) fn of_load(error: StoreError) -> Self {
        match error {
            StoreError::TimedOut(_) | StoreError::Unavailable(_) => {
                Self::Unavailable { cause: error.with_source() }
            }
            StoreError::Corrupt { .. } => Self::Internal { cause: Some(error.with_source()) },
        }
    }

    /// The store did not answer a commit.
    pub(crate) fn of_commit(error: StoreError) -> Self {
        match error {
            StoreError::TimedOut(_) => Self::OutcomeUnknown { cause: error.with_source() },
            StoreError::Unavailable(_) => Self::Unavailable { cause: error.with_source() },
            StoreError::Corrupt { .. } => Self::Internal { cause: Some(error.with_source()) },
        }
    }
}

fn names(permissions: &[Permission]) -> String {
    permissions.iter().map(|permission| permission.name()).collect::<Vec<_>>().join(", ")
}
