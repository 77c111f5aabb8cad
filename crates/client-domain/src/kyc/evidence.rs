use std::collections::BTreeSet;

use super::DocumentKind;
use crate::value::Invalid;

/// Something that can be demanded of a client.
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
    /// The names of everything that can be demanded.
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

    /// Everything that can be demanded.
    pub fn all() -> impl Iterator<Item = Self> {
        DocumentKind::ALL.into_iter().map(Self::Document).chain([Self::Address])
    }

    /// The name as people read it.
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

/// One thing that must be verified and unexpired: of several that would do, any one.
///
/// ```
/// use client_domain::kyc::{DocumentKind, Evidence, Requirement};
///
/// let identity = [DocumentKind::InternationalPassport, DocumentKind::NationalId].map(Evidence::Document);
/// assert_eq!(Requirement::any_of(identity).unwrap().to_string(), "National ID or International Passport");
/// assert!(Requirement::any_of([]).is_none(), "nothing would do");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement(BTreeSet<Evidence>);

impl Requirement {
    /// Any one of these will do; of none, nothing would, and so there is no such requirement.
    pub fn any_of(evidence: impl IntoIterator<Item = Evidence>) -> Option<Self> {
        let evidence: BTreeSet<_> = evidence.into_iter().collect();
        (!evidence.is_empty()).then_some(Self(evidence))
    }

    /// A document, of whatever kind: what is looked for where the bank demands nothing.
    pub fn any_document() -> Self {
        Self(DocumentKind::ALL.into_iter().map(Evidence::Document).collect())
    }

    /// What would do.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_everything_that_can_be_demanded() {
        let names: Vec<_> = Evidence::all().map(Evidence::name).collect();
        assert_eq!(names, Evidence::NAMES);
        for evidence in Evidence::all() {
            assert_eq!(Evidence::parse(&evidence.name().to_uppercase()), Ok(evidence));
        }
    }
}
