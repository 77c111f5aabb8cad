use jiff::civil::Date;

use super::kind::RefusalKind;
use crate::claim_kind::ClaimKind;
use crate::client::amendment::AmendmentId;
use crate::client::contact_point::ContactPoint;
use crate::client::field::ClientField;
use crate::client::makers::Touches;
use crate::kyc::{MissingRequirement, VerificationStatus};
use crate::lifecycle::ClientState;
use crate::permission::Permission;
use crate::value::ClientKey;

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
    /// The caller has touched the client since its last approval, or may have, and so does not approve it.
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
    /// The applicant has withdrawn the application.
    Withdrawn,
    /// The client has returned already.
    Returned {
        /// The client as which it has returned.
        returned_as: ClientKey,
    },
    /// Other clients have a value that this one would claim again. Only an explanation has this blocker: a commit finds
    /// duplicates itself.
    Duplicate {
        /// The kind of the value.
        kind: ClaimKind,
        /// The keys of the other clients, as far as the caller may know them.
        holders: Vec<ClientKey>,
    },
    /// The client still has accounts.
    OpenAccounts {
        /// The number of open accounts.
        count: u32,
    },
    /// The directory of accounts gave no answer, so it is not certain that the client has none.
    AccountsUnanswered,
    /// The action needs a reason and none was given.
    ReasonMissing,
    /// Requirements of the KYC policy are not verified and unexpired.
    Kyc {
        /// The missing requirements, with their status.
        missing: Vec<MissingRequirement>,
    },
    /// Clients look like this one, and the caller has not reviewed them.
    LookAlikes {
        /// Their keys.
        unreviewed: Vec<ClientKey>,
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
    /// A document of this type with this number was rejected for good.
    RejectedFinally,
    /// The client has submitted no such document or address.
    NotSubmitted,
    /// No document and no address of the client is pending review.
    NothingToReview,
    /// The caller created the client or has changed its details since the last approval, or may have, and so does not
    /// verify its phone number or e-mail address.
    OwnDetails {
        /// It is not certain: more people have touched the client than are recorded.
        too_many: bool,
    },
    /// The caller entered or proposed the phone number or the e-mail address that is in force, and so does not verify it.
    OwnContactPoint {
        /// What the caller entered.
        points: Vec<ContactPoint>,
    },
    /// Another phone number or e-mail address is in force than the one that was verified.
    ContactPointChanged,
    /// The file of the document was replaced since the caller saw it.
    ContentChanged,
    /// Another person has proposed a value for this field, and it waits.
    AmendmentOpen {
        /// The field.
        field: ClientField,
        /// The amendment that waits.
        amendment: AmendmentId,
    },
    /// The amendment was decided about or withdrawn, or there never was one with this id.
    AmendmentNotOpen,
    /// No amendment of the client is open.
    NoAmendment,
    /// The caller proposed the amendment, and so does not decide about it.
    OwnAmendment,
    /// The live values of these fields are not those that the amendment was proposed for.
    AmendmentConflict {
        /// The fields.
        fields: Vec<ClientField>,
    },
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
            Self::Withdrawn => "withdrawn",
            Self::Returned { .. } => "returned",
            Self::Duplicate { kind, .. } => match kind {
                ClaimKind::Identification => "duplicate_identification",
                ClaimKind::Email => "duplicate_email",
                ClaimKind::Phone => "duplicate_phone",
                ClaimKind::FormerClient => "already_returned",
            },
            Self::OpenAccounts { .. } => "open_accounts",
            Self::AccountsUnanswered => "accounts_unavailable",
            Self::ReasonMissing => "reason_missing",
            Self::Kyc { .. } => "kyc_incomplete",
            Self::LookAlikes { .. } => "look_alikes",
            Self::Reviewed { .. } => "already_reviewed",
            Self::OwnUpload => "own_upload",
            Self::TooManyUploaders => "too_many_uploaders",
            Self::DocumentExpired { .. } => "document_expired",
            Self::TooMany { .. } => "too_many",
            Self::RejectedFinally => "rejected_finally",
            Self::NotSubmitted => "not_handed_in",
            Self::NothingToReview => "nothing_to_review",
            Self::OwnDetails { .. } => "own_details",
            Self::OwnContactPoint { .. } => "own_contact_point",
            Self::ContactPointChanged => "contact_point_changed",
            Self::ContentChanged => "content_changed",
            Self::AmendmentOpen { .. } => "amendment_open",
            Self::AmendmentNotOpen => "amendment_not_open",
            Self::NoAmendment => "no_amendment",
            Self::OwnAmendment => "own_amendment",
            Self::AmendmentConflict { .. } => "amendment_conflict",
        }
    }

    /// The kind of a refusal with this blocker alone.
    pub const fn kind(&self) -> RefusalKind {
        match self {
            Self::State { .. }
            | Self::Permission(_)
            | Self::ApprovalNotRequested
            | Self::Withdrawn
            | Self::Duplicate { .. }
            | Self::OpenAccounts { .. }
            | Self::NotSubmitted
            | Self::NothingToReview
            | Self::NoAmendment => RefusalKind::InvalidStatus,
            Self::FourEyes { .. }
            | Self::OwnUpload
            | Self::OwnDetails { .. }
            | Self::OwnContactPoint { .. }
            | Self::TooManyUploaders
            | Self::OwnAmendment => RefusalKind::FourEyes,
            Self::AlreadyRequested => RefusalKind::AlreadyInApproval,
            Self::Returned { .. } => RefusalKind::AlreadyReturned,
            Self::AccountsUnanswered => RefusalKind::AccountsUnanswered,
            Self::ReasonMissing => RefusalKind::ReasonMissing,
            Self::Kyc { .. } => RefusalKind::KycIncomplete,
            Self::LookAlikes { .. } => RefusalKind::LookAlikes,
            Self::Reviewed { .. } => RefusalKind::AlreadyReviewed,
            Self::DocumentExpired { .. } => RefusalKind::DocumentExpired,
            Self::TooMany { .. } => RefusalKind::TooMany,
            Self::ContactPointChanged => RefusalKind::ContactPointChanged,
            Self::RejectedFinally => RefusalKind::RejectedFinally,
            Self::ContentChanged => RefusalKind::ContentChanged,
            Self::AmendmentOpen { .. } => RefusalKind::AmendmentOpen,
            Self::AmendmentNotOpen => RefusalKind::AmendmentNotOpen,
            Self::AmendmentConflict { .. } => RefusalKind::AmendmentConflict,
        }
    }
}
