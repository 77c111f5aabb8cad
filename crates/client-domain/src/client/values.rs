//! The values of a client, field by field.

use super::contact_point::ContactValue;
use super::field::ClientField;
use super::field_value::FieldValue;
use super::snapshot::ClientSnapshot;
use crate::actor::ActorId;

impl ClientSnapshot {
    /// The value of a field; `None` for a field that is more than one value, such as `identityDocuments`.
    ///
    /// ```
    /// use client_domain::client::{ClientField, FieldValue};
    /// use client_domain::{Actor, AuditStamp, Client, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// assert!(FieldValue::FIELDS.iter().all(|field| client.snapshot().value(*field).is_some()));
    /// assert!(client.snapshot().value(ClientField::ClientState).is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn value(&self, field: ClientField) -> Option<FieldValue> {
        let (details, place) = (&self.details, &self.details.postal_address);
        Some(match field {
            ClientField::FirstName => FieldValue::FirstName(details.first_name.clone()),
            ClientField::MiddleName => FieldValue::MiddleName(details.middle_name.clone()),
            ClientField::LastName => FieldValue::LastName(details.last_name.clone()),
            ClientField::EmailAddress => FieldValue::EmailAddress(details.email.clone()),
            ClientField::PhoneNumber => FieldValue::PhoneNumber(details.phone.clone()),
            ClientField::Address => FieldValue::Address(place.address.clone()),
            ClientField::City => FieldValue::City(place.city.clone()),
            ClientField::State => FieldValue::State(place.state.clone()),
            ClientField::Country => FieldValue::Country(place.country),
            ClientField::MaritalStatus => FieldValue::MaritalStatus(details.marital_status),
            ClientField::AccountOfficerId => FieldValue::AccountOfficerId(details.account_officer),
            ClientField::DateOfBirth => FieldValue::DateOfBirth(self.birth_date),
            ClientField::Gender => FieldValue::Gender(self.gender),
            ClientField::IdentificationType => {
                FieldValue::IdentificationType(self.identification.kind.clone())
            }
            ClientField::IdentificationNumber => {
                FieldValue::IdentificationNumber(self.identification.number.clone())
            }
            ClientField::CustomerType => FieldValue::CustomerType(self.customer_type),
            ClientField::BranchEncodedKey => FieldValue::BranchEncodedKey(self.branch.clone()),
            ClientField::ClientState
            | ClientField::ApprovalStatus
            | ClientField::IdentityDocuments
            | ClientField::AddressInformation
            | ClientField::Amendments
            | ClientField::MobileVerification
            | ClientField::EmailVerification
            | ClientField::Newer(_) => return None,
        })
    }

    /// Whether the field has exactly this value.
    pub(crate) fn has(&self, value: &FieldValue) -> bool {
        self.value(value.field()).is_some_and(|live| live == *value)
    }

    /// Sets the value of a field that this person entered.
    pub(super) fn enter(&mut self, value: FieldValue, by: &ActorId) {
        match &value {
            FieldValue::PhoneNumber(phone) => {
                self.contact_entries.enter(ContactValue::Mobile(phone.clone()), by);
            }
            FieldValue::EmailAddress(email) => {
                self.contact_entries.enter(ContactValue::Email(email.clone()), by);
            }
            _ => {}
        }
        self.set(value);
    }

    /// Sets the value of a field.
    pub(crate) fn set(&mut self, value: FieldValue) {
        let details = &mut self.details;
        let place = &mut details.postal_address;
        match value {
            FieldValue::FirstName(name) => details.first_name = name,
            FieldValue::MiddleName(name) => details.middle_name = name,
            FieldValue::LastName(name) => details.last_name = name,
            FieldValue::EmailAddress(email) => details.email = email,
            FieldValue::PhoneNumber(phone) => details.phone = phone,
            FieldValue::Address(line) => place.address = line,
            FieldValue::City(city) => place.city = city,
            FieldValue::State(state) => place.state = state,
            FieldValue::Country(country) => place.country = country,
            FieldValue::MaritalStatus(status) => details.marital_status = status,
            FieldValue::AccountOfficerId(officer) => details.account_officer = officer,
            FieldValue::DateOfBirth(date) => self.birth_date = date,
            FieldValue::Gender(gender) => self.gender = gender,
            FieldValue::IdentificationType(kind) => self.identification.kind = kind,
            FieldValue::IdentificationNumber(number) => self.identification.number = number,
            FieldValue::CustomerType(kind) => self.customer_type = kind,
            FieldValue::BranchEncodedKey(branch) => self.branch = branch,
        }
    }
}
