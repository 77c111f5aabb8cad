use super::verification::VerificationStatus::{self, Approved, Outdated, Pending, Rejected};
use crate::permission::Permission;
use crate::reason::Rejection;
use crate::value::Notes;

/// The decision of a reviewer about a document or an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewAction {
    /// The evidence is approved.
    Approve,
    /// The evidence is rejected.
    Reject,
}

impl ReviewAction {
    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }

    /// The row of the action.
    pub const fn row(self) -> &'static ReviewRow {
        match self {
            Self::Approve => &REVIEWS[0],
            Self::Reject => &REVIEWS[1],
        }
    }
}

/// The justification of a review: what the reviewer remarked and, of a rejection, the reason from the bank's catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewJustification {
    /// The comment, mandatory for some reviews.
    pub comment: Option<Notes>,
    /// The reason of a rejection; an approval has none.
    pub rejection: Option<Rejection>,
}

impl From<Option<Notes>> for ReviewJustification {
    fn from(comment: Option<Notes>) -> Self {
        Self { comment, rejection: None }
    }
}

/// A row of the review table.
#[derive(Clone, Copy, Debug)]
pub struct ReviewRow {
    /// The statuses before. What is outdated is reviewed again, for the values that the client has now.
    pub from: &'static [VerificationStatus],
    /// The decision.
    pub action: ReviewAction,
    /// The status after.
    pub to: VerificationStatus,
    /// Whether it needs a comment.
    pub comment_needed: bool,
    /// Whether the document must be unexpired.
    pub must_be_unexpired: bool,
    /// The permission it needs.
    pub permission: Permission,
}

const WITH_COMMENT: bool = true;
const WITHOUT_COMMENT: bool = false;
const UNEXPIRED: bool = true;
const WHENEVER: bool = false;

/// The review of documents and addresses: every transition between statuses. The submitter never reviews.
#[rustfmt::skip]
pub const REVIEWS: [ReviewRow; 2] = [
    row(&[Pending, Outdated], ReviewAction::Approve, Approved, WITHOUT_COMMENT, UNEXPIRED, Permission::KycReview),
    row(&[Pending, Outdated], ReviewAction::Reject,  Rejected, WITH_COMMENT,    WHENEVER,  Permission::KycReview),
];

const fn row(
    from: &'static [VerificationStatus],
    action: ReviewAction,
    to: VerificationStatus,
    comment_needed: bool,
    must_be_unexpired: bool,
    permission: Permission,
) -> ReviewRow {
    ReviewRow { from, action, to, comment_needed, must_be_unexpired, permission }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_its_row_from_what_is_pending_or_outdated_to_a_decided_status() {
        for row in &REVIEWS {
            assert_eq!(row.action.row().action, row.action);
            assert_eq!(row.from, [Pending, Outdated]);
            assert!(REVIEWS.iter().all(|other| !other.from.contains(&row.to)));
        }
    }
}
