use std::fmt;

use jiff::civil::Date;

use super::field::ClientField;
use crate::value::{
    AccountOfficerId, AddressLine, BirthDate, BranchKey, Country, CustomerType, EmailAddress, Gender,
    IdentificationNumber, IdentificationType, Invalid, MaritalStatus, PersonName, PhoneNumber, PlaceName,
};

/// A field of a client with its value.
///
/// Amendments, reviews and the history consist of these. `Debug` shows the field and never the value.
///
/// ```
/// use client_domain::client::{ClientField, FieldValue};
///
/// let name = FieldValue::restore(ClientField::LastName, Some("Okafor"))?;
/// assert_eq!(name.text().as_deref(), Some("Okafor"));
/// assert_eq!(format!("{name:?}"), "FieldValue(lastName, ***)");
/// assert!(FieldValue::restore(ClientField::LastName, None).is_err(), "a client has a last name");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum FieldValue {
    /// The first name.
    FirstName(PersonName),
    /// The middle name, if there is one.
    MiddleName(Option<PersonName>),
    /// The last name.
    LastName(PersonName),
    /// The e-mail address.
    EmailAddress(EmailAddress),
    /// The phone number.
    PhoneNumber(PhoneNumber),
    /// Street, house, flat.
    Address(AddressLine),
    /// Town or city.
    City(PlaceName),
    /// State, province or region.
    State(PlaceName),
    /// The country.
    Country(Country),
    /// The marital status, if it is known.
    MaritalStatus(Option<MaritalStatus>),
    /// The officer who looks after the client, if there is one.
    AccountOfficerId(Option<AccountOfficerId>),
    /// The day of birth.
    DateOfBirth(BirthDate),
    /// The gender in the identification.
    Gender(Gender),
    /// The type of the identification.
    IdentificationType(IdentificationType),
    /// The number of the identification.
    IdentificationNumber(IdentificationNumber),
    /// Person or company.
    CustomerType(CustomerType),
    /// The branch, if the client has one.
    BranchEncodedKey(Option<BranchKey>),
}

impl FieldValue {
    /// The fields that have a value of this type: all that an update or a correction can change.
    pub const FIELDS: [ClientField; 17] = [
        ClientField::FirstName,
        ClientField::MiddleName,
        ClientField::LastName,
        ClientField::EmailAddress,
        ClientField::PhoneNumber,
        ClientField::Address,
        ClientField::City,
        ClientField::State,
        ClientField::Country,
        ClientField::MaritalStatus,
        ClientField::AccountOfficerId,
        ClientField::DateOfBirth,
        ClientField::Gender,
        ClientField::IdentificationType,
        ClientField::IdentificationNumber,
        ClientField::CustomerType,
        ClientField::BranchEncodedKey,
    ];

    /// The field.
    pub const fn field(&self) -> ClientField {
        match self {
            Self::FirstName(_) => ClientField::FirstName,
            Self::MiddleName(_) => ClientField::MiddleName,
            Self::LastName(_) => ClientField::LastName,
            Self::EmailAddress(_) => ClientField::EmailAddress,
            Self::PhoneNumber(_) => ClientField::PhoneNumber,
            Self::Address(_) => ClientField::Address,
            Self::City(_) => ClientField::City,
            Self::State(_) => ClientField::State,
            Self::Country(_) => ClientField::Country,
            Self::MaritalStatus(_) => ClientField::MaritalStatus,
            Self::AccountOfficerId(_) => ClientField::AccountOfficerId,
            Self::DateOfBirth(_) => ClientField::DateOfBirth,
            Self::Gender(_) => ClientField::Gender,
            Self::IdentificationType(_) => ClientField::IdentificationType,
            Self::IdentificationNumber(_) => ClientField::IdentificationNumber,
            Self::CustomerType(_) => ClientField::CustomerType,
            Self::BranchEncodedKey(_) => ClientField::BranchEncodedKey,
        }
    }

    /// The value as it is stored; `None` where the client has none. It is personal data.
    ///
    /// A country is its code of two letters, as in every other place of storage.
    pub fn text(&self) -> Option<String> {
        let text = |text: &str| Some(text.to_owned());
        match self {
            Self::FirstName(name) | Self::LastName(name) => text(name.as_str()),
            Self::MiddleName(name) => name.as_ref().and_then(|name| text(name.as_str())),
            Self::EmailAddress(email) => text(email.as_str()),
            Self::PhoneNumber(phone) => text(phone.as_str()),
            Self::Address(line) => text(line.as_str()),
            Self::City(place) | Self::State(place) => text(place.as_str()),
            Self::Country(country) => text(country.alpha2()),
            Self::MaritalStatus(status) => status.and_then(|status| text(status.name())),
            Self::AccountOfficerId(officer) => officer.map(|officer| officer.get().to_string()),
            Self::DateOfBirth(date) => Some(date.get().to_string()),
            Self::Gender(gender) => text(gender.name()),
            Self::IdentificationType(kind) => text(kind.as_str()),
            Self::IdentificationNumber(number) => text(number.as_str()),
            Self::CustomerType(kind) => text(kind.name()),
            Self::BranchEncodedKey(branch) => branch.as_ref().and_then(|branch| text(branch.as_str())),
        }
    }

    /// Reads what [`FieldValue::text`] gives, as it was stored: values that an earlier release accepted are read, also
    /// where the rules for new ones refuse them. A field without a value of this type is refused.
    pub fn restore(field: ClientField, text: Option<&str>) -> Result<Self, Invalid> {
        let there = text.ok_or(Invalid::TooShort { min: 1 });
        Ok(match field {
            ClientField::FirstName => Self::FirstName(PersonName::parse(there?)?),
            ClientField::MiddleName => Self::MiddleName(text.map(PersonName::parse).transpose()?),
            ClientField::LastName => Self::LastName(PersonName::parse(there?)?),
            ClientField::EmailAddress => Self::EmailAddress(EmailAddress::restore(there?)?),
            ClientField::PhoneNumber => Self::PhoneNumber(PhoneNumber::parse(there?)?),
            ClientField::Address => Self::Address(AddressLine::parse(there?)?),
            ClientField::City => Self::City(PlaceName::parse(there?)?),
            ClientField::State => Self::State(PlaceName::parse(there?)?),
            ClientField::Country => Self::Country(Country::parse(there?)?),
            ClientField::MaritalStatus => Self::MaritalStatus(text.map(marital_status).transpose()?),
            ClientField::AccountOfficerId => Self::AccountOfficerId(text.map(officer).transpose()?),
            // The rule uses today to refuse future days; a stored day has passed it.
            ClientField::DateOfBirth => Self::DateOfBirth(BirthDate::parse(there?, Date::MAX)?),
            ClientField::Gender => Self::Gender(Gender::parse(there?)?),
            ClientField::IdentificationType => Self::IdentificationType(IdentificationType::parse(there?)?),
            ClientField::IdentificationNumber => {
                Self::IdentificationNumber(IdentificationNumber::restore(there?)?)
            }
            ClientField::CustomerType => Self::CustomerType(CustomerType::parse(there?)?),
            ClientField::BranchEncodedKey => Self::BranchEncodedKey(text.map(BranchKey::parse).transpose()?),
            ClientField::ClientState
            | ClientField::ApprovalStatus
            | ClientField::IdentityDocuments
            | ClientField::AddressInformation
            | ClientField::Amendments
            | ClientField::MobileVerification
            | ClientField::EmailVerification
            | ClientField::Newer(_) => {
                return Err(Invalid::Format { expected: "the value of a field that can be updated" });
            }
        })
    }
}

fn marital_status(name: &str) -> Result<MaritalStatus, Invalid> {
    let found = MaritalStatus::ALL.into_iter().find(|status| status.name() == name);
    found.ok_or(Invalid::Choice { choices: &["Single", "Married", "Divorced", "Widowed"] })
}

fn officer(number: &str) -> Result<AccountOfficerId, Invalid> {
    AccountOfficerId::new(number.parse().map_err(|_| Invalid::Format { expected: "a whole number" })?)
}

impl fmt::Debug for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldValue({}, ***)", self.field().name())
    }
}

/// The value of a field before and after a change, or before and after a proposed one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct ValueChange {
    /// The value before.
    pub before: FieldValue,
    /// The value after; of the same field.
    pub after: FieldValue,
}

impl ValueChange {
    /// The field.
    pub const fn field(&self) -> ClientField {
        self.after.field()
    }
}
