use super::VerificationStatus::{self, Approved, Pending, Rejected};
use crate::permission::Permission;

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

/// A row of the review table.
#[derive(Clone, Copy, Debug)]
pub struct ReviewRow {
    /// The status before.
    pub from: VerificationStatus,
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
    row(Pending, ReviewAction::Approve, Approved, WITHOUT_COMMENT, UNEXPIRED, Permission::KycReview),
    row(Pending, ReviewAction::Reject,  Rejected, WITH_COMMENT,    WHENEVER,  Permission::KycReview),
];

const fn row(
    from: VerificationStatus,
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
    fn every_action_has_its_row_from_pending_to_a_final_status() {
        for row in &REVIEWS {
            assert_eq!(row.action.row().action, row.action);
            assert_eq!(row.from, Pending);
            assert!(REVIEWS.iter().all(|other| other.from != row.to));
        }
    }
}
