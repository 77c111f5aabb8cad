//! The normal forms of a client's texts, to search and sort by. The domain computes them.

use client_domain::Client;
use client_domain::search::{Property, Sortable, former_name_text, search_text};

use crate::parameters::Parameters;

/// The columns of normal forms, and the properties whose forms they hold.
const FOLDED: [(&str, Property); 11] = [
    (":first_name_folded", Property::FirstName),
    (":middle_name_folded", Property::MiddleName),
    (":last_name_folded", Property::LastName),
    (":full_name_folded", Property::FullName),
    (":email_folded", Property::EmailAddress),
    (":address_folded", Property::Address),
    (":city_folded", Property::City),
    (":region_folded", Property::State),
    (":country_folded", Property::Country),
    (":identification_type_folded", Property::IdentificationType),
    (":identification_number_folded", Property::IdentificationNumber),
];

/// The columns of passport spellings.
const PASSPORT: [(&str, Property); 3] = [
    (":first_name_passport", Property::FirstName),
    (":middle_name_passport", Property::MiddleName),
    (":last_name_passport", Property::LastName),
];

pub(super) fn parameters(client: &Client) -> Parameters<'static> {
    let mut parameters = Parameters::new()
        .with(":former_names_folded", former_name_text(client))
        .with(":search_text", search_text(client));
    for (name, property) in FOLDED {
        let form = match property.of(client) {
            Sortable::Text(text) => Some(text),
            _ => None,
        };
        parameters = parameters.with(name, form);
    }
    for (name, property) in PASSPORT {
        parameters = parameters.with(name, property.passport_form(client));
    }
    parameters
}
