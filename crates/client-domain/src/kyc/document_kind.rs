use crate::value::Invalid;

/// The type of a document.
///
/// ```
/// use client_domain::kyc::DocumentKind;
///
/// assert_eq!(DocumentKind::from_number(2)?, DocumentKind::InternationalPassport);
/// assert_eq!(DocumentKind::parse("internationalpassport")?.name(), "International Passport");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// `National ID`
    NationalId,
    /// `International Passport`
    InternationalPassport,
    /// `Driver's License`
    DriversLicense,
    /// `Voter's Card`
    VotersCard,
    /// `Utility Bill`
    UtilityBill,
    /// `Bank Statement`
    BankStatement,
    /// `Certificate of Incorporation`
    CertificateOfIncorporation,
    /// `Other`
    Other,
    /// A type of a newer release, by its number. It is shown and stored as it is, and is no evidence.
    Newer(u8),
}

impl DocumentKind {
    /// Every type, in the order of its number.
    pub const ALL: [Self; 8] = [
        Self::NationalId,
        Self::InternationalPassport,
        Self::DriversLicense,
        Self::VotersCard,
        Self::UtilityBill,
        Self::BankStatement,
        Self::CertificateOfIncorporation,
        Self::Other,
    ];

    /// The names, in the order of the numbers.
    pub const NAMES: &'static [&'static str] = &[
        "National ID",
        "International Passport",
        "Driver's License",
        "Voter's Card",
        "Utility Bill",
        "Bank Statement",
        "Certificate of Incorporation",
        "Other",
    ];

    /// The numbers on the wire.
    pub const NUMBERS: &'static [i64] = &[1, 2, 3, 4, 5, 6, 7, 8];

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::NationalId => 1,
            Self::InternationalPassport => 2,
            Self::DriversLicense => 3,
            Self::VotersCard => 4,
            Self::UtilityBill => 5,
            Self::BankStatement => 6,
            Self::CertificateOfIncorporation => 7,
            Self::Other => 8,
            Self::Newer(number) => number,
        }
    }

    /// Whether such a document identifies one person or company, so that its number belongs to one client. Bills and
    /// statements name a client, and several may share one.
    pub const fn identifies(self) -> bool {
        match self {
            Self::NationalId
            | Self::InternationalPassport
            | Self::DriversLicense
            | Self::VotersCard
            | Self::CertificateOfIncorporation => true,
            Self::UtilityBill | Self::BankStatement | Self::Other | Self::Newer(_) => false,
        }
    }

    /// The name that people see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NationalId => "National ID",
            Self::InternationalPassport => "International Passport",
            Self::DriversLicense => "Driver's License",
            Self::VotersCard => "Voter's Card",
            Self::UtilityBill => "Utility Bill",
            Self::BankStatement => "Bank Statement",
            Self::CertificateOfIncorporation => "Certificate of Incorporation",
            Self::Other => "Other",
            Self::Newer(_) => "Unknown",
        }
    }

    /// A name for files, of letters and hyphens.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::NationalId => "national-id",
            Self::InternationalPassport => "international-passport",
            Self::DriversLicense => "drivers-license",
            Self::VotersCard => "voters-card",
            Self::UtilityBill => "utility-bill",
            Self::BankStatement => "bank-statement",
            Self::CertificateOfIncorporation => "certificate-of-incorporation",
            Self::Other | Self::Newer(_) => "document",
        }
    }

    /// The type with this number.
    pub fn from_number(number: i64) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|kind| i64::from(kind.number()) == number)
            .ok_or(Invalid::Choice { choices: Self::NAMES })
    }

    /// Reads a name, without regard to case and blanks.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let plain = |text: &str| text.replace(char::is_whitespace, "").to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|kind| plain(kind.name()) == plain(raw))
            .ok_or(Invalid::Choice { choices: Self::NAMES })
    }
}

crate::conversions::from_text!(DocumentKind);
crate::conversions::display_name!(DocumentKind);
// A type of a newer release has no name here, and is its number.
#[cfg(feature = "serde")]
crate::conversions::text_serde!(
    DocumentKind,
    |kind| match kind {
        Self::Newer(number) => number.to_string(),
        known => known.name().to_owned(),
    },
    |text| match text.parse() {
        Ok(number) if Self::from_number(i64::from(number)).is_err() => Ok(Self::Newer(number)),
        _ => Self::parse(text).map_err(serde::de::Error::custom),
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_those_of_the_kinds() {
        assert_eq!(DocumentKind::ALL.map(DocumentKind::name), DocumentKind::NAMES);
        assert_eq!(DocumentKind::ALL.map(|kind| i64::from(kind.number())), DocumentKind::NUMBERS);
        for kind in DocumentKind::ALL {
            assert_eq!(DocumentKind::parse(kind.name()), Ok(kind));
            assert!(kind.slug().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        }
        assert!(DocumentKind::from_number(0).is_err() && DocumentKind::from_number(9).is_err());
    }
}
