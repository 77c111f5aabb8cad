use crate::actor::AuditStamp;
use crate::value::{Invalid, Notes};

/// The progress of the review of a document or an address, with the data of each step.
#[derive(Clone, Debug, PartialEq)]
pub enum Verification {
    /// The review is pending.
    Pending,
    /// The item was approved.
    Approved(Review),
    /// The item was rejected.
    Rejected(Review),
}

/// The reviewer, the time and the comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The reviewer and the time.
    pub stamp: AuditStamp,
    /// The comment.
    pub comment: Option<Notes>,
}

impl Verification {
    /// The status without its data.
    pub const fn status(&self) -> VerificationStatus {
        match self {
            Self::Pending => VerificationStatus::Pending,
            Self::Approved(_) => VerificationStatus::Approved,
            Self::Rejected(_) => VerificationStatus::Rejected,
        }
    }

    /// The review, if it took place.
    pub const fn review(&self) -> Option<&Review> {
        match self {
            Self::Pending => None,
            Self::Approved(review) | Self::Rejected(review) => Some(review),
        }
    }
}

/// The name of a step of the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VerificationStatus {
    /// Pending review.
    Pending,
    /// Approved.
    Approved,
    /// Rejected.
    Rejected,
}

impl VerificationStatus {
    /// Every status, in the order of its number.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Approved, Self::Rejected];

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Approved => 1,
            Self::Rejected => 2,
        }
    }

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
        }
    }

    /// The status with this number.
    pub fn from_number(number: i64) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|status| i64::from(status.number()) == number)
            .ok_or(Invalid::Choice { choices: &["PENDING", "APPROVED", "REJECTED"] })
    }
}
