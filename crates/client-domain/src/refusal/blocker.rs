use jiff::civil::Date;

use super::RefusalKind;
use crate::client::{Makers, Touch, Touches};
use crate::kyc::{MissingRequirement, Uploaders, VerificationStatus};
use crate::lifecycle::ClientState;
use crate::permission::Permission;

/// One condition that is not met for an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocker {
    /// The client is in the wrong state.
    State {
        /// The states that allow the operation.
        needed: Vec<ClientState>,
    },
    /// The caller lacks a permission. Only an explanation has this blocker: before a decision, the
    /// application has checked the permission.
    Permission(Permission),
    /// The caller has touched the client since its last decision, or may have, and so does not approve it.
    FourEyes {
        /// In which ways, as far as is known.
        touches: Touches,
        /// More people have touched it than are recorded.
        too_many: bool,
    },
    /// The bank requires an approval request first, and none is open.
    ApprovalNotRequested,
    /// An approval request is open already.
    AlreadyRequested,
    /// The client still has accounts.
    OpenAccounts {
        /// The number of open accounts.
        count: u32,
    },
    /// The action needs a reason and none was given.
    ReasonMissing,
    /// Requirements of the KYC policy are not verified and unexpired.
    Kyc {
        /// The missing requirements, with their status.
        missing: Vec<MissingRequirement>,
    },
    /// The document or the address has been reviewed already.
    Reviewed {
        /// The result of the review.
        status: VerificationStatus,
    },
    /// The caller submitted it or uploaded a file for it, even one that was replaced since, and so does not
    /// review it.
    OwnUpload,
    /// More persons have uploaded files for the document than are recorded, so no caller can approve it.
    TooManyUploaders,
    /// The document has expired.
    DocumentExpired {
        /// Its last day.
        last: Date,
    },
    /// The client has reached the limit of documents or addresses.
    TooMany {
        /// The limit.
        max: usize,
    },
    /// The client has submitted no such document or address.
    NotSubmitted,
    /// No document and no address of the client is pending review.
    NothingToReview,
    /// The file of the document was replaced since the caller saw it.
    ContentChanged,
}

impl Blocker {
    /// The stable name, in `snake_case`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::State { .. } => "state",
            Self::Permission(_) => "permission",
            Self::FourEyes { .. } => "four_eyes",
            Self::ApprovalNotRequested => "approval_not_requested",
            Self::AlreadyRequested => "already_requested",
            Self::OpenAccounts { .. } => "open_accounts",
            Self::ReasonMissing => "reason_missing",
            Self::Kyc { .. } => "kyc_incomplete",
            Self::Reviewed { .. } => "already_reviewed",
            Self::OwnUpload => "own_upload",
            Self::TooManyUploaders => "too_many_uploaders",
            Self::DocumentExpired { .. } => "document_expired",
            Self::TooMany { .. } => "too_many",
            Self::NotSubmitted => "not_handed_in",
            Self::NothingToReview => "nothing_to_review",
            Self::ContentChanged => "content_changed",
        }
    }

    /// The kind of a refusal with this blocker alone.
    pub const fn kind(&self) -> RefusalKind {
        match self {
            Self::State { .. }
            | Self::Permission(_)
            | Self::ApprovalNotRequested
            | Self::OpenAccounts { .. }
            | Self::NotSubmitted
            | Self::NothingToReview => RefusalKind::InvalidStatus,
            Self::FourEyes { .. } | Self::OwnUpload | Self::TooManyUploaders => RefusalKind::FourEyes,
            Self::AlreadyRequested => RefusalKind::AlreadyInApproval,
            Self::ReasonMissing => RefusalKind::ReasonMissing,
            Self::Kyc { .. } => RefusalKind::KycIncomplete,
            Self::Reviewed { .. } => RefusalKind::AlreadyReviewed,
            Self::DocumentExpired { .. } => RefusalKind::DocumentExpired,
            Self::TooMany { .. } => RefusalKind::TooMany,
            Self::ContentChanged => RefusalKind::ContentChanged,
        }
    }

    /// A clause for a clerk, to follow "is not possible: ".
    pub fn words(&self) -> String {
        match self {
            Self::State { needed } => {
                let names: Vec<_> = needed.iter().copied().map(ClientState::description).collect();
                format!("the client would have to be {}", names.join(" or "))
            }
            Self::Permission(permission) => format!("it takes the permission {}", permission.name()),
            Self::FourEyes { touches, .. } if touches.is_empty() => format!(
                "{} people or more have changed the client since its last decision, so it is not certain that you are \
                 not one of them; the client can be rejected",
                Makers::MAX
            ),
            Self::FourEyes { touches, .. } => format!(
                "you {} since its last decision, so somebody else must approve it",
                listed(&touches.iter().map(Touch::words).collect::<Vec<_>>())
            ),
            Self::ApprovalNotRequested => "its approval has to be requested first".to_owned(),
            Self::AlreadyRequested => "its approval has been requested already".to_owned(),
            Self::OpenAccounts { count } => format!("the client still has {count} open account(s)"),
            Self::ReasonMissing => "a reason must be given".to_owned(),
            // Without the requirements and their status: not every caller may see them.
            Self::Kyc { .. } => "what the bank demands is not verified and unexpired".to_owned(),
            Self::Reviewed { .. } => "it has been reviewed already".to_owned(),
            Self::OwnUpload => {
                "you submitted what waits for a review, so somebody else must review it".to_owned()
            }
            Self::TooManyUploaders => format!(
                "{} people or more have uploaded files for the document, so it is not certain that you are not one of \
                 them; the document can be rejected and submitted again",
                Uploaders::MAX
            ),
            Self::DocumentExpired { .. } => "the document has expired".to_owned(),
            Self::TooMany { max } => format!("the client has {max} of them already, which is the limit"),
            Self::NotSubmitted => "the client has submitted no such document or address".to_owned(),
            Self::NothingToReview => "no document and no address of the client waits for a review".to_owned(),
            Self::ContentChanged => {
                "the file of the document was replaced after you looked at it; look at the new file first"
                    .to_owned()
            }
        }
    }
}

/// A list in words, with "and" before the last element.
fn listed(parts: &[&str]) -> String {
    match parts {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
