use std::collections::BTreeSet;

use super::document_kind::DocumentKind;
use crate::value::Invalid;

/// A kind of evidence that a requirement can accept.
///
/// ```
/// use client_domain::kyc::{DocumentKind, Evidence};
///
/// assert_eq!(Evidence::parse("utility bill")?, Evidence::Document(DocumentKind::UtilityBill));
/// assert_eq!(Evidence::parse("Address")?.name(), "Address");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// A document of this kind.
    Document(DocumentKind),
    /// Address information.
    Address,
}

impl Evidence {
    /// The names of every kind of evidence.
    pub const NAMES: &'static [&'static str] = &[
        "National ID",
        "International Passport",
        "Driver's License",
        "Voter's Card",
        "Utility Bill",
        "Bank Statement",
        "Certificate of Incorporation",
        "Other",
        "Address",
    ];

    /// Every kind of evidence.
    pub fn all() -> impl Iterator<Item = Self> {
        DocumentKind::ALL.into_iter().map(Self::Document).chain([Self::Address])
    }

    /// The name that people see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document(kind) => kind.name(),
            Self::Address => "Address",
        }
    }

    /// Reads a name, without regard to case and blanks.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        if raw.trim().eq_ignore_ascii_case("address") {
            return Ok(Self::Address);
        }
        DocumentKind::parse(raw).map(Self::Document).map_err(|_| Invalid::Choice { choices: Self::NAMES })
    }
}

/// A requirement: one verified and unexpired piece of evidence, of any of the accepted kinds.
///
/// ```
/// use client_domain::kyc::{DocumentKind, Evidence, Requirement};
///
/// let identity = [DocumentKind::InternationalPassport, DocumentKind::NationalId].map(Evidence::Document);
/// assert_eq!(Requirement::any_of(identity).unwrap().to_string(), "National ID or International Passport");
/// assert!(Requirement::any_of([]).is_none(), "no evidence would be accepted");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "BTreeSet<Evidence>", into = "BTreeSet<Evidence>"))]
pub struct Requirement(BTreeSet<Evidence>);

impl Requirement {
    /// Any one of these kinds is accepted. Without a kind no evidence would be, so that gives `None`.
    pub fn any_of(evidence: impl IntoIterator<Item = Evidence>) -> Option<Self> {
        let evidence: BTreeSet<_> = evidence.into_iter().collect();
        (!evidence.is_empty()).then_some(Self(evidence))
    }

    /// A document of any type: what decides the status if the bank requires nothing.
    pub fn any_document() -> Self {
        Self(DocumentKind::ALL.into_iter().map(Evidence::Document).collect())
    }

    /// The accepted kinds of evidence.
    pub const fn evidence(&self) -> &BTreeSet<Evidence> {
        &self.0
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.0.iter().map(|evidence| evidence.name()).collect();
        f.write_str(&names.join(" or "))
    }
}

crate::conversions::text_conversions!(Evidence, name);
crate::conversions::display_name!(Evidence);

#[cfg(feature = "serde")]
impl From<Requirement> for BTreeSet<Evidence> {
    fn from(requirement: Requirement) -> Self {
        requirement.0
    }
}

#[cfg(feature = "serde")]
impl TryFrom<BTreeSet<Evidence>> for Requirement {
    type Error = &'static str;

    fn try_from(evidence: BTreeSet<Evidence>) -> Result<Self, Self::Error> {
        Self::any_of(evidence).ok_or("a requirement must accept at least one kind of evidence")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_the_kinds_of_evidence() {
        let names: Vec<_> = Evidence::all().map(Evidence::name).collect();
        assert_eq!(names, Evidence::NAMES);
        for evidence in Evidence::all() {
            assert_eq!(Evidence::parse(&evidence.name().to_uppercase()), Ok(evidence));
        }
    }
}
