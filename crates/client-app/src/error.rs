//! Why a use case fails.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use client_domain::client::ClientField;
use client_domain::kyc::{DocumentId, DocumentKind};
use client_domain::lifecycle::Operation;
use client_domain::reason::ReasonNotAccepted;
use client_domain::value::{ClientKey, Version};
use client_domain::{Actor, ClaimKind, Invalid, Permission, Refusal};
use jiff::Timestamp;

use crate::batch::aggregate::BatchRefusal;
use crate::inspection::ContentRejection;
use crate::ports::error::StoreError;
use crate::ports::store::ClientRef;

/// Why the bytes of an upload ended early. The adapter that receives the upload provides it, and downcasts it
/// to its own error.
pub type UploadError = Arc<dyn std::error::Error + Send + Sync>;

/// Why a use case fails.
///
/// ```
/// use client_app::Error;
/// use client_domain::Permission;
///
/// let error = Error::PermissionMissing(vec![Permission::Approve]);
/// assert_eq!(error.to_string(), "the caller lacks a permission: customers.approve");
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
    /// The domain refuses the operation.
    #[error("{}", .0.refusal)]
    Refused(Box<Refused>),
    /// The bank's complete directory does not contain the branch or account officer of the command.
    #[error("the bank's directory does not have the branch or the account officer")]
    NotInDirectory {
        /// Whether the branch is unknown.
        branch: bool,
        /// Whether the account officer is unknown.
        officer: bool,
    },
    /// The number does not match the number format that the KYC policy has for this document type.
    #[error("the number does not match the number format of this type of document")]
    NumberFormat(DocumentKind),
    /// A value of the command breaks a rule that depends on the other values of the client.
    #[error("the field {} {rule}", field.name())]
    InvalidValue {
        /// The field.
        field: ClientField,
        /// The rule.
        rule: Invalid,
    },
    /// The bank's catalogue of reasons asks for a code, or does not have the given one.
    #[error("the code of the reason {0}")]
    ReasonNotAccepted(ReasonNotAccepted),
    /// The file of a document is not accepted.
    #[error("{0}")]
    ContentRejected(ContentRejection),
    /// The bytes of an upload ended early.
    #[error("the upload ended early: {0}")]
    UploadFailed(UploadError),
    /// The file of a document is not in the content store.
    #[error("the file of the document {0} is not in the content store")]
    ContentMissing(DocumentId),
    /// Nothing of this kind waits for a person there: it was decided about, or never waited.
    #[error("the item does not wait for a person")]
    NotWaiting,
    /// Another person is at the item.
    #[error("another person has claimed the item")]
    WorkClaimed {
        /// The person.
        by: Actor,
        /// When the claim ends.
        until: Timestamp,
    },
    /// No index serves the search, and there are more clients than such a search may read.
    #[error("no index serves the search, and there are more than {limit} clients")]
    SearchTooBroad {
        /// How many clients such a search may read.
        limit: u64,
    },
    /// There are as many saved views as there may be.
    #[error("there are {max} saved views, as many as there may be")]
    TooManyViews {
        /// The maximum.
        max: usize,
        /// Whether it is that of the shared views of all people; else that of the caller's own.
        shared: bool,
    },
    /// There is no such batch, or none that the caller sees.
    #[error("there is no such batch")]
    BatchNotFound,
    /// The batch does not take this action now, or not from this caller.
    #[error("{0}")]
    BatchRefused(BatchRefusal),
    /// The file of a batch is larger than the bank allows.
    #[error("the file of the batch has more than {max} {unit}")]
    BatchTooLarge {
        /// The maximum.
        max: u64,
        /// Of what.
        unit: &'static str,
    },
    /// The file of a batch is another one than the announced one.
    #[error("the file has another digest than the announced one")]
    BatchContentDiffers,
    /// As many exports run as one instance runs at a time.
    #[error("{max} exports run already, as many as may")]
    TooManyExports {
        /// The maximum.
        max: usize,
    },
    /// An export of the caller runs already.
    #[error("an export of the caller runs already")]
    ExportRuns,
    /// Rows of a batch of this id were executed, and it was deleted since.
    #[error("the batch was deleted")]
    BatchDeleted,
    /// The uploader has as many batches that have not ended as the bank allows.
    #[error("the uploader has {max} batches that have not ended")]
    TooManyBatches {
        /// The maximum.
        max: usize,
    },
    /// A creation has an expected version, but the client does not exist yet.
    #[error("a client that is yet to be created has no version")]
    VersionNotApplicable,
    /// The policy requires an expected version for this command.
    #[error("{command} must say which version of the client was seen")]
    VersionRequired {
        /// The recorded name of the command.
        command: &'static str,
    },
    /// The client has another version than expected.
    #[error("the client is no longer at the expected version")]
    StaleVersion {
        /// The version of the client.
        current: Version,
        /// The fields that changed since the expected version.
        changed: Vec<ClientField>,
    },
    /// The command lost the race against other commands in every attempt. Nothing was written.
    #[error("other commands kept changing the client")]
    Contended {
        /// The version at the last attempt.
        last: Option<Version>,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// Other clients have the same values; never empty. For a caller who may read clients it has the keys of the other
    /// clients, at most ten for each kind; else it does not say which they are.
    #[error("another client has the same identification, e-mail address or phone number")]
    Duplicates(BTreeMap<ClaimKind, Vec<ClientKey>>),
    /// The caller has met the daily limit of duplicates.
    #[error("the caller has met {limit} duplicates today, as many as one caller may")]
    DuplicateQuota {
        /// The limit of duplicates of one caller on one day.
        limit: NonZeroU32,
        /// The time until the bank's next day.
        retry_after: Duration,
    },
    /// This instance reads and takes no commands. Nothing was written.
    #[error("this instance takes no commands")]
    ReadOnly,
    /// The clocks of the service and the store differ too much. Nothing was written.
    #[error("the clock of the service is too far off")]
    ClockOff,
    /// The store did not answer a query in time.
    #[error("the store did not answer in time")]
    TimedOut {
        /// The cause, for the log; no personal data.
        cause: String,
    },
    /// A port is not available. Nothing was written.
    #[error("the store is unavailable; nothing was written")]
    Unavailable {
        /// The cause, for the log; no personal data.
        cause: String,
    },
    /// The store did not say whether the commit was done. With an idempotency key the command can be repeated
    /// safely.
    #[error("whether the command was done is unknown")]
    OutcomeUnknown {
        /// The cause, for the log; no personal data.
        cause: String,
    },
    /// A defect, or invalid stored data.
    #[error("internal error")]
    Internal {
        /// The cause, for the log; no personal data.
        cause: Option<String>,
    },
}

/// A refusal, with the operations that are possible instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The refusal of the domain.
    pub refusal: Refusal,
    /// The operations that are possible for this caller now.
    pub allowed: Vec<Operation>,
}

impl Error {
    /// Whether the command may have been done despite the error.
    pub const fn outcome_is_unknown(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. })
    }

    /// A defect.
    pub(crate) const fn internal() -> Self {
        Self::Internal { cause: None }
    }

    /// The error of a query whose port failed.
    pub(crate) fn of_query(error: StoreError) -> Self {
        match error {
            StoreError::TimedOut(_) => Self::TimedOut { cause: error.into_cause() },
            StoreError::Unavailable(_) => Self::Unavailable { cause: error.into_cause() },
            StoreError::Corrupt { .. } => Self::Internal { cause: Some(error.into_cause()) },
        }
    }

    /// The error of a command whose port failed before the commit: nothing was written.
    pub(crate) fn of_load(error: StoreError) -> Self {
        match error {
            StoreError::TimedOut(_) | StoreError::Unavailable(_) => {
                Self::Unavailable { cause: error.into_cause() }
            }
            StoreError::Corrupt { .. } => Self::Internal { cause: Some(error.into_cause()) },
        }
    }

    /// The error of a failed commit.
    pub(crate) fn of_commit(error: StoreError) -> Self {
        match error {
            StoreError::TimedOut(_) => Self::OutcomeUnknown { cause: error.into_cause() },
            StoreError::Unavailable(_) => Self::Unavailable { cause: error.into_cause() },
            StoreError::Corrupt { .. } => Self::Internal { cause: Some(error.into_cause()) },
        }
    }
}

fn names(permissions: &[Permission]) -> String {
    permissions.iter().map(|permission| permission.name()).collect::<Vec<_>>().join(", ")
}
