use crate::actor::AuditStamp;
use crate::client::field_value::FieldValue;
use crate::reason::Rejection;
use crate::value::{Invalid, Notes};

/// The progress of the review of a document or an address, with the data of each step.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Verification {
    /// The review is pending.
    Pending,
    /// The item was approved.
    Approved(Review),
    /// The item was rejected.
    Rejected(Review),
}

/// The reviewer, the time, the comment, and what was verified or why it was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Review {
    /// The reviewer and the time.
    pub stamp: AuditStamp,
    /// The comment.
    pub comment: Option<Notes>,
    /// The values of the client that an approval was given for. If one of them changes, the approval is outdated.
    /// An approval of a release that did not record them has none, and is never outdated.
    pub verified: Vec<FieldValue>,
    /// Why it was rejected, by a code of the bank's catalogue.
    pub rejection: Option<Rejection>,
}

impl Verification {
    /// The status as it was decided. [`Client::status_of`](crate::Client::status_of) also knows what is outdated.
    pub const fn status(&self) -> VerificationStatus {
        match self {
            Self::Pending => VerificationStatus::Pending,
            Self::Approved(_) => VerificationStatus::Approved,
            Self::Rejected(_) => VerificationStatus::Rejected,
        }
    }

    /// Whether it was rejected for good.
    pub fn is_rejected_finally(&self) -> bool {
        let rejection = self.review().and_then(|review| review.rejection.as_ref());
        rejection.is_some_and(|rejection| rejection.is_final)
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
    /// Approved for values of the client that have changed since. It is never stored: it follows from the values.
    Outdated,
}

impl VerificationStatus {
    /// Every status, in the order of its number.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Rejected, Self::Outdated];

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Approved => 1,
            Self::Rejected => 2,
            Self::Outdated => 3,
        }
    }

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Outdated => "OUTDATED",
        }
    }

    /// The status with this number.
    pub fn from_number(number: i64) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|status| i64::from(status.number()) == number)
            .ok_or(Invalid::Choice { choices: &["PENDING", "APPROVED", "REJECTED", "OUTDATED"] })
    }
}

crate::conversions::display_name!(VerificationStatus);
