//! The phone number and the e-mail address of a client, and the proof that they are the client's.

use super::details::Details;
use super::field::ClientField;
use crate::actor::AuditStamp;
use crate::text;
use crate::value::{EmailAddress, Invalid, PhoneNumber, Reason, TransactionReference};

/// A way to reach a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactPoint {
    /// The phone number.
    Mobile,
    /// The e-mail address.
    Email,
}

impl ContactPoint {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mobile, Self::Email];
    /// Their names.
    pub const NAMES: &'static [&'static str] = &["mobile", "email"];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Email => "email",
        }
    }

    /// The words for it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Mobile => "the phone number",
            Self::Email => "the e-mail address",
        }
    }

    /// Reads a name, in any case.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|point| point.name().eq_ignore_ascii_case(raw.trim()));
        found.ok_or(Invalid::Choice { choices: Self::NAMES })
    }

    /// The field that an event lists when the status of the verification changes.
    pub const fn field(self) -> ClientField {
        match self {
            Self::Mobile => ClientField::MobileVerification,
            Self::Email => ClientField::EmailVerification,
        }
    }

    /// The value in force.
    pub fn value(self, details: &Details) -> ContactValue {
        match self {
            Self::Mobile => ContactValue::Mobile(details.phone.clone()),
            Self::Email => ContactValue::Email(details.email.clone()),
        }
    }
}

/// A phone number or an e-mail address that was verified.
///
/// ```
/// use client_domain::client::{ContactPoint, ContactValue};
///
/// let email = ContactValue::parse(ContactPoint::Email, "Ada@Example.com")?;
/// assert_eq!((email.point(), email.as_str()), (ContactPoint::Email, "Ada@Example.com"));
/// assert!(email.is_same(&ContactValue::parse(ContactPoint::Email, "ada@example.com")?));
/// assert!(ContactValue::parse(ContactPoint::Mobile, "ada@example.com").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum ContactValue {
    /// A phone number.
    Mobile(PhoneNumber),
    /// An e-mail address.
    Email(EmailAddress),
}

/// How many digits a number has at least that may be another one without its country.
const NATIONAL_DIGITS: usize = 6;

impl ContactValue {
    /// Reads a value of this kind.
    pub fn parse(point: ContactPoint, raw: &str) -> Result<Self, Invalid> {
        Ok(match point {
            ContactPoint::Mobile => Self::Mobile(PhoneNumber::parse(raw)?),
            ContactPoint::Email => Self::Email(EmailAddress::parse(raw)?),
        })
    }

    /// Reads a value that was stored, also one that [`ContactValue::parse`] refuses by now.
    pub fn restore(point: ContactPoint, kept: &str) -> Result<Self, Invalid> {
        Ok(match point {
            ContactPoint::Mobile => Self::Mobile(PhoneNumber::parse(kept)?),
            ContactPoint::Email => Self::Email(EmailAddress::restore(kept)?),
        })
    }

    /// What it is a value of.
    pub const fn point(&self) -> ContactPoint {
        match self {
            Self::Mobile(_) => ContactPoint::Mobile,
            Self::Email(_) => ContactPoint::Email,
        }
    }

    /// The value as text. It is personal data.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Mobile(phone) => phone.as_str(),
            Self::Email(email) => email.as_str(),
        }
    }

    /// Whether both are one number or one address, in whatever spelling.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mobile(one), Self::Mobile(two)) => one.digits() == two.digits(),
            (Self::Email(one), Self::Email(two)) => text::email(one.as_str()) == text::email(two.as_str()),
            (Self::Mobile(_), Self::Email(_)) | (Self::Email(_), Self::Mobile(_)) => false,
        }
    }

    /// Whether both are one number or one address, or may be: the digits of a number that is stored without its country end
    /// the number with it.
    pub(super) fn may_be_same(&self, other: &Self) -> bool {
        let (Self::Mobile(one), Self::Mobile(two)) = (self, other) else { return self.is_same(other) };
        let (one, two) = (one.digits().trim_start_matches('0'), two.digits().trim_start_matches('0'));
        let (short, long) = if one.len() < two.len() { (one, two) } else { (two, one) };
        self.is_same(other) || (short.len() >= NATIONAL_DIGITS && long.ends_with(short))
    }
}

/// That a contact point was verified: which value, by whom, when, how.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct ContactVerification {
    /// The value that was verified.
    pub value: ContactValue,
    /// The person or system that verified it, and when.
    pub stamp: AuditStamp,
    /// How, such as "One-time code by SMS".
    pub means: Reason,
    /// The reference of the system that did it.
    pub reference: Option<TransactionReference>,
}

/// The last verification of the phone number and of the e-mail address. It counts while the value in force is the one that
/// was verified.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<ContactVerification>", into = "Vec<ContactVerification>"))]
pub struct ContactVerifications {
    mobile: Option<ContactVerification>,
    email: Option<ContactVerification>,
}

impl ContactVerifications {
    /// The verifications as a storage adapter has stored them; the last one for each contact point.
    pub fn restore(stored: impl IntoIterator<Item = ContactVerification>) -> Self {
        let mut all = Self::default();
        for verification in stored {
            all.add(verification);
        }
        all
    }

    /// The last verification of a contact point, whether it still counts or not.
    pub const fn of(&self, point: ContactPoint) -> Option<&ContactVerification> {
        match point {
            ContactPoint::Mobile => self.mobile.as_ref(),
            ContactPoint::Email => self.email.as_ref(),
        }
    }

    /// The verifications there are.
    pub fn iter(&self) -> impl Iterator<Item = &ContactVerification> {
        ContactPoint::ALL.into_iter().filter_map(|point| self.of(point))
    }

    pub(super) fn add(&mut self, verification: ContactVerification) {
        match verification.value.point() {
            ContactPoint::Mobile => self.mobile = Some(verification),
            ContactPoint::Email => self.email = Some(verification),
        }
    }
}

crate::conversions::text_conversions!(ContactPoint, name);
crate::conversions::display_name!(ContactPoint);

#[cfg(feature = "serde")]
impl From<ContactVerifications> for Vec<ContactVerification> {
    fn from(all: ContactVerifications) -> Self {
        all.mobile.into_iter().chain(all.email).collect()
    }
}

#[cfg(feature = "serde")]
impl From<Vec<ContactVerification>> for ContactVerifications {
    fn from(stored: Vec<ContactVerification>) -> Self {
        Self::restore(stored)
    }
}
