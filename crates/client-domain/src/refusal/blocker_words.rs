//! Blockers in words.

use super::blocker::Blocker;
use crate::claim_kind::ClaimKind;
use crate::client::contact_point::ContactPoint;
use crate::client::makers::{Makers, Touch};
use crate::kyc::Uploaders;
use crate::lifecycle::ClientState;

impl Blocker {
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
            Self::Duplicate { kind, .. } => duplicate(*kind).to_owned(),
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

const fn duplicate(kind: ClaimKind) -> &'static str {
    match kind {
        ClaimKind::Identification => "another client has this identification type and number",
        ClaimKind::Email => "another client has this e-mail address",
        ClaimKind::Phone => "another client has this phone number",
        ClaimKind::FormerClient => {
            "the former record of this client has returned as another client since; continue with that one"
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
