//! What makes two clients duplicates of each other.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::client::Client;
use crate::lifecycle::ClientState;
use crate::search::fold_marks;
use crate::value::{EmailAddress, Identification, PhoneNumber, is_ambiguous};

/// What is claimed: a thing that one client has and another should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimKind {
    /// The identifying paper: its kind and number.
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

/// A claim on a value, normalised so that two spellings of the same thing are equal.
///
/// Identification is compared without regard to case, accents, blanks and hyphens, an e-mail address without
/// regard to case, a phone number by its digits.
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
    /// The claim on an identifying paper.
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
        // No text of ours holds a control character, so the two cannot run into each other.
        Self { kind: ClaimKind::Identification, value: format!("{kind}\u{1F}{number}") }
    }

    /// The claim on an e-mail address.
    pub fn email(address: &EmailAddress) -> Self {
        // Full-width letters are another spelling, and none that a mailbox is told apart by.
        Self { kind: ClaimKind::Email, value: address.as_str().nfkc().collect::<String>().to_lowercase() }
    }

    /// The claim on a phone number.
    pub fn phone(number: &PhoneNumber) -> Self {
        Self { kind: ClaimKind::Phone, value: number.as_str().trim_start_matches('+').to_owned() }
    }

    /// What is claimed.
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
    /// What the client claims: nothing once it is Rejected or Exited, so that the same person may apply anew.
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

    fn paper(kind: &str, number: &str) -> Claim {
        Claim::identification(&Identification {
            kind: IdentificationType::parse(kind).unwrap(),
            number: IdentificationNumber::parse(number).unwrap(),
        })
    }

    #[test]
    fn two_spellings_of_one_paper_are_one_claim() {
        assert_eq!(
            paper("International Passport", "A 123-4567"),
            paper("international passport", "a1234567")
        );
        for hidden in ["\u{200B}", "\u{AD}", "\u{2060}", "\u{FE0F}", "\u{2800}"] {
            let kind = format!("Pass{hidden}port");
            assert_eq!(paper(&kind, "A1234567"), paper("Passport", "A1234567"), "{hidden:?}");
        }
        assert_ne!(paper("International Passport", "A1234567"), paper("National ID", "A1234567"));
    }

    #[test]
    fn a_phone_number_is_claimed_by_its_digits() {
        let phone = |text| Claim::phone(&PhoneNumber::parse(text).unwrap());
        assert_eq!(phone("+234 803 123 4567"), phone("2348031234567"));
        assert_ne!(phone("+2348031234567"), phone("08031234567"));
    }

    #[test]
    fn kind_and_number_do_not_run_into_each_other() {
        assert_ne!(paper("ab", "cde"), paper("abc", "de/"));
        assert_ne!(paper("ab/", "cde"), paper("ab", "/cde"));
    }
}
