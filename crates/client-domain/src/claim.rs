//! What makes two clients duplicates of each other.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::client::Client;
use crate::lifecycle::ClientState;
use crate::search::fold_marks;
use crate::value::{EmailAddress, Identification, PhoneNumber, is_ambiguous};

/// The kind of a claimed value: a value that should belong to one client only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimKind {
    /// The document that identifies the client: its type and its number.
    Identification,
    /// The e-mail address.
    Email,
    /// The phone number.
    Phone,
}

impl ClaimKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Identification, Self::Email, Self::Phone];

    /// The name as it is stored and configured.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identification => "identification",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// A claim on a value, normalised so that two spellings of the same value are equal.
///
/// Identifications are compared without regard to case, accents, blanks and hyphens, e-mail addresses without
/// regard to case, phone numbers by their digits.
///
/// ```
/// use client_domain::Claim;
/// use client_domain::value::EmailAddress;
///
/// let one = Claim::email(&EmailAddress::parse("Ada@Example.com")?);
/// assert_eq!(one, Claim::email(&EmailAddress::parse("ada@example.com")?));
/// assert_eq!(format!("{one:?}"), "Claim(Email, ***)");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim {
    kind: ClaimKind,
    value: String,
}

impl Claim {
    /// The claim on an identification.
    pub fn identification(identification: &Identification) -> Self {
        let bare = |text: &str| -> String {
            fold_marks(text)
                .chars()
                .filter(|c| {
                    !c.is_whitespace() && !is_ambiguous(*c) && !matches!(c, '-' | '\u{2010}'..='\u{2015}')
                })
                .collect()
        };
        let kind = bare(identification.kind.as_str());
        let number = bare(identification.number.as_str());
        // No parsed text contains a control character, so the separator is unambiguous.
        Self { kind: ClaimKind::Identification, value: format!("{kind}\u{1F}{number}") }
    }

    /// The claim on an e-mail address.
    pub fn email(address: &EmailAddress) -> Self {
        // Full-width letters are another spelling of the same mailbox.
        Self { kind: ClaimKind::Email, value: address.as_str().nfkc().collect::<String>().to_lowercase() }
    }

    /// The claim on a phone number.
    pub fn phone(number: &PhoneNumber) -> Self {
        Self { kind: ClaimKind::Phone, value: number.as_str().trim_start_matches('+').to_owned() }
    }

    /// The kind of the claimed value.
    pub const fn kind(&self) -> ClaimKind {
        self.kind
    }

    /// The normalised value. It is personal data.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claim({:?}, ***)", self.kind)
    }
}

impl Client {
    /// The claims of the client. A Rejected or Exited client has none, so that the same person may apply
    /// again.
    pub fn claims(&self) -> Vec<Claim> {
        if matches!(self.state(), ClientState::Rejected | ClientState::Exited) {
            return Vec::new();
        }
        let snapshot = self.snapshot();
        vec![
            Claim::identification(&snapshot.identification),
            Claim::email(&snapshot.details.email),
            Claim::phone(&snapshot.details.phone),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{IdentificationNumber, IdentificationType};

    fn identification(kind: &str, number: &str) -> Claim {
        Claim::identification(&Identification {
            kind: IdentificationType::parse(kind).unwrap(),
            number: IdentificationNumber::parse(number).unwrap(),
        })
    }

    #[test]
    fn spellings_of_one_identification_are_one_claim() {
        assert_eq!(
            identification("International Passport", "A 123-4567"),
            identification("international passport", "a1234567")
        );
        for hidden in ["\u{200B}", "\u{AD}", "\u{2060}", "\u{FE0F}", "\u{2800}"] {
            let kind = format!("Pass{hidden}port");
            assert_eq!(
                identification(&kind, "A1234567"),
                identification("Passport", "A1234567"),
                "{hidden:?}"
            );
        }
        assert_ne!(
            identification("International Passport", "A1234567"),
            identification("National ID", "A1234567")
        );
    }

    #[test]
    fn phone_numbers_are_compared_by_digits() {
        let phone = |text| Claim::phone(&PhoneNumber::parse(text).unwrap());
        assert_eq!(phone("+234 803 123 4567"), phone("2348031234567"));
        assert_ne!(phone("+2348031234567"), phone("08031234567"));
    }

    #[test]
    fn kind_and_number_are_separated() {
        assert_ne!(identification("ab", "cde"), identification("abc", "de/"));
        assert_ne!(identification("ab/", "cde"), identification("ab", "/cde"));
    }
}
