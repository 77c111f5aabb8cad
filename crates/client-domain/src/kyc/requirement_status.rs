use super::evidence::Requirement;
use crate::value::Invalid;

/// The status of one requirement; a greater value is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequirementStatus {
    /// No accepted evidence was submitted, or it expired before its review.
    Missing,
    /// The submitted evidence was rejected.
    Rejected,
    /// It was verified once and has expired.
    Expired,
    /// It was verified for values of the client that have changed since.
    Outdated,
    /// Its review is pending.
    Pending,
    /// It is verified and unexpired.
    Verified,
}

impl RequirementStatus {
    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Outdated => "outdated",
            Self::Pending => "pending",
            Self::Verified => "verified",
        }
    }
}

/// A requirement that is not met, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRequirement {
    /// The requirement.
    pub requirement: Requirement,
    /// Its status; never [`RequirementStatus::Verified`].
    pub status: RequirementStatus,
}

/// The status of all KYC documents and addresses of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KycStatus {
    /// Nothing was submitted.
    None,
    /// Evidence for a requirement is missing or was rejected.
    Incomplete,
    /// Nothing is missing, and a review is pending.
    Pending,
    /// Every requirement is verified and unexpired.
    Verified,
    /// Nothing is missing, but verified evidence has expired.
    Expired,
    /// Nothing is missing or expired, but evidence was verified for values that have changed since.
    Outdated,
}

impl KycStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::None, Self::Incomplete, Self::Pending, Self::Verified, Self::Expired, Self::Outdated];

    /// The statuses of clients that have submitted a document or an address: all but [`KycStatus::None`].
    ///
    /// ```
    /// use client_domain::kyc::KycStatus;
    ///
    /// assert_eq!(KycStatus::SUBMITTED, KycStatus::ALL[1..]);
    /// ```
    pub const SUBMITTED: [Self; 5] =
        [Self::Incomplete, Self::Pending, Self::Verified, Self::Expired, Self::Outdated];

    /// The names.
    pub const NAMES: &'static [&'static str] =
        &["None", "Incomplete", "Pending", "Verified", "Expired", "Outdated"];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Incomplete => "Incomplete",
            Self::Pending => "Pending",
            Self::Verified => "Verified",
            Self::Expired => "Expired",
            Self::Outdated => "Outdated",
        }
    }

    /// The number as it is stored.
    pub const fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Incomplete => 1,
            Self::Pending => 2,
            Self::Verified => 3,
            Self::Expired => 4,
            Self::Outdated => 5,
        }
    }

    /// The status with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| i64::from(status.number()) == number)
    }

    /// Reads a name, in any case.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|status| status.name().eq_ignore_ascii_case(raw.trim()))
            .ok_or(Invalid::Choice { choices: Self::NAMES })
    }
}

crate::conversions::text_conversions!(KycStatus, name);
crate::conversions::display_name!(KycStatus);
