use jiff::civil::Date;

use super::kind::RefusalKind;
use crate::claim::ClaimKind;
use crate::client::amendment::AmendmentId;
use crate::client::contact_point::ContactPoint;
use crate::client::field::ClientField;
use crate::client::makers::{Makers, Touch, Touches};
use crate::kyc::{MissingRequirement, Uploaders, VerificationStatus};
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

    /// A clause for a clerk, to follow "is not possible: ".
    pub fn words(&self) -> String {
        match self {
            Self::State { needed } => {
                let names: Vec<_> = needed.iter().copied().map(ClientState::description).collect();
                format!("the client would have to be {}", names.join(" or "))
            }
            Self::Permission(permission) => format!("the permission {} is required", permission.name()),
            Self::FourEyes { touches, .. } if touches.is_empty() => format!(
                "at least {} people have changed the client since its last approval, so you may be one of \
                 them; the client can only be rejected",
                Makers::MAX
            ),
            Self::FourEyes { touches, .. } => format!(
                "you {} since its last approval, so another person must approve it",
                listed(&touches.iter().map(Touch::words).collect::<Vec<_>>())
            ),
            Self::ApprovalNotRequested => "its approval must be requested first".to_owned(),
            Self::AlreadyRequested => "its approval has been requested already".to_owned(),
            Self::Withdrawn => {
                "the applicant has withdrawn the application; if the person applies again, create a new client".to_owned()
            }
            Self::Returned { .. } => {
                "the client has returned already, as a new client; continue with that one, which can itself return \
                 once it has exited"
                    .to_owned()
            }
            Self::Duplicate { kind, .. } => match kind {
                ClaimKind::Identification => "another client has this identification type and number",
                ClaimKind::Email => "another client has this e-mail address",
                ClaimKind::Phone => "another client has this phone number",
                ClaimKind::FormerClient => {
                    "the former record of this client has returned as another client since; continue with that one"
                }
            }
            .to_owned(),
            Self::OpenAccounts { count } => format!("the client still has {count} open account(s)"),
            Self::AccountsUnanswered => {
                "the ledger did not say whether the client has open accounts; try again in a moment"
                    .to_owned()
            }
            Self::ReasonMissing => "a reason must be given".to_owned(),
            // Without the requirements and their status: not every caller may see them.
            Self::Kyc { .. } => {
                "required documents or addresses are missing, not verified or expired".to_owned()
            }
            Self::LookAlikes { unreviewed } => format!(
                "{} client(s) look like this one; compare them with it, and name those that you have reviewed",
                unreviewed.len()
            ),
            Self::Reviewed { .. } => "it has been reviewed already".to_owned(),
            Self::OwnUpload => {
                "you submitted what is pending review, so another person must review it".to_owned()
            }
            Self::TooManyUploaders => format!(
                "at least {} people have uploaded files for the document, so you may be one of them; the \
                 document can only be rejected and submitted again",
                Uploaders::MAX
            ),
            Self::DocumentExpired { .. } => "the document has expired".to_owned(),
            Self::TooMany { max } => format!("the client already has {max} of them, which is the limit"),
            Self::RejectedFinally => {
                "a document of this type with this number was rejected for good; the client can submit another document"
                    .to_owned()
            }
            Self::NotSubmitted => "the client has submitted no such document or address".to_owned(),
            Self::NothingToReview => "no document or address of the client is pending review".to_owned(),
            Self::OwnDetails { too_many: false } => {
                "you created the client or changed its details, so another person or system must verify how it \
                 is reached"
                    .to_owned()
            }
            Self::OwnDetails { too_many: true } => format!(
                "at least {} people have changed the client since its last approval, so you may be one of them",
                Makers::MAX
            ),
            Self::OwnContactPoint { points } => format!(
                "you entered {}, so another person or system must verify it",
                listed(&points.iter().copied().map(ContactPoint::words).collect::<Vec<_>>())
            ),
            Self::ContactPointChanged => {
                "another phone number or e-mail address is in force than the one that was verified; verify the \
                 one that the client has now"
                    .to_owned()
            }
            Self::ContentChanged => {
                "the file of the document was replaced after you saw it; review the new file".to_owned()
            }
            Self::AmendmentOpen { field, amendment } => format!(
                "another person has proposed a value for {}; decide about the amendment {amendment} first",
                field.name()
            ),
            Self::AmendmentNotOpen => "the client has no open amendment with this id".to_owned(),
            Self::NoAmendment => "the client has no open amendment".to_owned(),
            Self::OwnAmendment => {
                "you proposed these values, so another person must decide about them".to_owned()
            }
            Self::AmendmentConflict { fields } => format!(
                "{} changed after the amendment was proposed; reject it, and propose the values again",
                listed(&fields.iter().map(|field| field.name()).collect::<Vec<_>>())
            ),
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
