use super::ClientField;
use crate::value::{
    AccountOfficerId, AddressLine, Country, EmailAddress, MaritalStatus, PersonName, PhoneNumber, PlaceName,
    PostalAddress,
};

/// The fields that may be updated while the client's state allows it.
#[derive(Clone, Debug, PartialEq, Eq)]
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

    /// Writes the named fields and returns those whose value differs afterwards.
    pub(super) fn apply(self, details: &mut Details) -> Vec<ClientField> {
        let mut changed = Vec::new();
        let place = &mut details.postal_address;
        set(self.first_name, &mut details.first_name, ClientField::FirstName, &mut changed);
        patch(self.middle_name, &mut details.middle_name, ClientField::MiddleName, &mut changed);
        set(self.last_name, &mut details.last_name, ClientField::LastName, &mut changed);
        set(self.email, &mut details.email, ClientField::EmailAddress, &mut changed);
        set(self.phone, &mut details.phone, ClientField::PhoneNumber, &mut changed);
        set(self.address, &mut place.address, ClientField::Address, &mut changed);
        set(self.city, &mut place.city, ClientField::City, &mut changed);
        set(self.state, &mut place.state, ClientField::State, &mut changed);
        set(self.country, &mut place.country, ClientField::Country, &mut changed);
        patch(self.marital_status, &mut details.marital_status, ClientField::MaritalStatus, &mut changed);
        patch(
            self.account_officer,
            &mut details.account_officer,
            ClientField::AccountOfficerId,
            &mut changed,
        );
        changed
    }
}

fn set<T: PartialEq>(new: Option<T>, value: &mut T, field: ClientField, changed: &mut Vec<ClientField>) {
    if let Some(new) = new
        && new != *value
    {
        *value = new;
        changed.push(field);
    }
}

fn patch<T: PartialEq>(
    new: Patch<T>,
    value: &mut Option<T>,
    field: ClientField,
    changed: &mut Vec<ClientField>,
) {
    let new = match new {
        Patch::Keep => return,
        Patch::Clear => None,
        Patch::Set(new) => Some(new),
    };
    set(Some(new), value, field, changed);
}
