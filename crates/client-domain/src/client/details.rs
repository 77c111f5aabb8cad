use super::field_value::FieldValue;
use crate::value::{
    AccountOfficerId, AddressLine, Country, EmailAddress, MaritalStatus, PersonName, PhoneNumber, PlaceName,
    PostalAddress,
};

/// The fields that may be updated while the client's state allows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Details {
    /// The first name.
    pub first_name: PersonName,
    /// The middle name, for clients who have one.
    pub middle_name: Option<PersonName>,
    /// The last name.
    pub last_name: PersonName,
    /// The e-mail address.
    pub email: EmailAddress,
    /// The phone number.
    pub phone: PhoneNumber,
    /// The postal address.
    pub postal_address: PostalAddress,
    /// The marital status, if it is known.
    pub marital_status: Option<MaritalStatus>,
    /// The officer who looks after the client.
    pub account_officer: Option<AccountOfficerId>,
}

/// The update of an optional field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Leave the value as it is.
    #[default]
    Keep,
    /// Remove the value.
    Clear,
    /// Set this value.
    Set(T),
}

impl<T> Patch<T> {
    /// The value after the update as a field of the client, if the update names one.
    fn wanted(self, field: impl FnOnce(Option<T>) -> FieldValue) -> Option<FieldValue> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(field(None)),
            Self::Set(value) => Some(field(Some(value))),
        }
    }
}

/// A partial update of details; absent fields stay. A mandatory field can be set and not be cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailsPatch {
    /// The first name.
    pub first_name: Option<PersonName>,
    /// The middle name.
    pub middle_name: Patch<PersonName>,
    /// The last name.
    pub last_name: Option<PersonName>,
    /// The e-mail address.
    pub email: Option<EmailAddress>,
    /// The phone number.
    pub phone: Option<PhoneNumber>,
    /// Street, house, flat.
    pub address: Option<AddressLine>,
    /// Town or city.
    pub city: Option<PlaceName>,
    /// State, province or region.
    pub state: Option<PlaceName>,
    /// The country.
    pub country: Option<Country>,
    /// The marital status.
    pub marital_status: Patch<MaritalStatus>,
    /// The officer who looks after the client.
    pub account_officer: Patch<AccountOfficerId>,
}

impl DetailsPatch {
    /// Whether it names no field.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The named fields with their new values, in the order of the fields.
    pub(super) fn values(self) -> Vec<FieldValue> {
        [
            self.first_name.map(FieldValue::FirstName),
            self.middle_name.wanted(FieldValue::MiddleName),
            self.last_name.map(FieldValue::LastName),
            self.email.map(FieldValue::EmailAddress),
            self.phone.map(FieldValue::PhoneNumber),
            self.address.map(FieldValue::Address),
            self.city.map(FieldValue::City),
            self.state.map(FieldValue::State),
            self.country.map(FieldValue::Country),
            self.marital_status.wanted(FieldValue::MaritalStatus),
            self.account_officer.wanted(FieldValue::AccountOfficerId),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
