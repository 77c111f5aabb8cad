use super::VerificationStatus::{self, Approved, Pending, Rejected};
use crate::permission::Permission;

/// What a reviewer says of a document or an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewAction {
    /// It is good.
    Approve,
    /// It is not.
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

/// A row of the review.
#[derive(Clone, Copy, Debug)]
pub struct ReviewRow {
    /// The status before.
    pub from: VerificationStatus,
    /// What is said.
    pub action: ReviewAction,
    /// The status after.
    pub to: VerificationStatus,
    /// Whether a comment must be given.
    pub comment_needed: bool,
    /// Whether a document must not have run out.
    pub must_be_unexpired: bool,
    /// The permission it takes.
    pub permission: Permission,
}

const WITH_COMMENT: bool = true;
const WITHOUT_COMMENT: bool = false;
const UNEXPIRED: bool = true;
const WHENEVER: bool = false;

/// The review of documents and addresses: every way in which one comes to a status. Whatever it is, the reviewer is
/// nobody who handed it in.
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
    fn every_action_finds_its_own_row_and_leads_from_pending_to_an_end() {
        for row in &REVIEWS {
            assert_eq!(row.action.row().action, row.action);
            assert_eq!(row.from, Pending);
            assert!(REVIEWS.iter().all(|other| other.from != row.to));
        }
    }
}
