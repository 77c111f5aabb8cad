use jiff::civil::Date;

use super::{Evidence, Kyc, Requirement, VerificationStatus};
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
}

impl KycStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::None, Self::Incomplete, Self::Pending, Self::Verified, Self::Expired];

    /// The names.
    pub const NAMES: &'static [&'static str] = &["None", "Incomplete", "Pending", "Verified", "Expired"];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Incomplete => "Incomplete",
            Self::Pending => "Pending",
            Self::Verified => "Verified",
            Self::Expired => "Expired",
        }
    }

    /// Reads a name, in any case.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|status| status.name().eq_ignore_ascii_case(raw.trim()))
            .ok_or(Invalid::Choice { choices: Self::NAMES })
    }
}

impl Requirement {
    /// The status with these documents and addresses on this day.
    pub fn status(&self, kyc: &Kyc, today: Date) -> RequirementStatus {
        let of_status = |status, good| match (status, good) {
            (VerificationStatus::Approved, true) => RequirementStatus::Verified,
            (VerificationStatus::Approved, false) => RequirementStatus::Expired,
            (VerificationStatus::Pending, true) => RequirementStatus::Pending,
            (VerificationStatus::Pending, false) => RequirementStatus::Missing,
            (VerificationStatus::Rejected, _) => RequirementStatus::Rejected,
        };
        let documents = kyc
            .documents
            .iter()
            .filter(|document| self.evidence().contains(&Evidence::Document(document.kind)))
            .map(|document| of_status(document.verification.status(), document.validity.is_good(today)));
        let addresses = kyc
            .addresses
            .iter()
            .filter(|_| self.evidence().contains(&Evidence::Address))
            .map(|address| of_status(address.verification.status(), true));
        documents.chain(addresses).max().unwrap_or(RequirementStatus::Missing)
    }
}

impl Kyc {
    /// The requirements that are not verified and unexpired on this day, with their status.
    pub fn missing(&self, required: &[Requirement], today: Date) -> Vec<MissingRequirement> {
        required
            .iter()
            .map(|requirement| MissingRequirement {
                requirement: requirement.clone(),
                status: requirement.status(self, today),
            })
            .filter(|requirement| requirement.status != RequirementStatus::Verified)
            .collect()
    }

    /// The status under these requirements. Without any, one document of any type is enough.
    pub fn status(&self, required: &[Requirement], today: Date) -> KycStatus {
        if self.is_empty() {
            return KycStatus::None;
        }
        let worst = required.iter().map(|requirement| requirement.status(self, today)).min();
        match worst.unwrap_or_else(|| Requirement::any_document().status(self, today)) {
            RequirementStatus::Missing | RequirementStatus::Rejected => KycStatus::Incomplete,
            RequirementStatus::Expired => KycStatus::Expired,
            RequirementStatus::Pending => KycStatus::Pending,
            RequirementStatus::Verified => KycStatus::Verified,
        }
    }
}
