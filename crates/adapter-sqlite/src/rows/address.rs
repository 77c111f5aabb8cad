//! An address as a row of `client_address`.

use client_app::ports::StoreError;
use client_domain::Person;
use client_domain::kyc::{AddressId, AddressInformation};
use client_domain::value::{AddressLine, AddressSupplement, ClientKey, Country, PlaceName, PostalCode};

use super::review;
use crate::columns::Columns;
use crate::parameters::{Parameters, to_i64};

/// An address as it is written, and how many addresses the client had submitted before it.
pub(crate) fn parameters<'a>(
    client: &'a ClientKey,
    place: usize,
    address: &'a AddressInformation,
) -> Parameters<'a> {
    let AddressInformation { id, line1, line2, city, state, country, postal_code, submitted, verification } =
        address;
    Parameters::new()
        .with(":client_key", client.as_str())
        .with(":address_id", id.as_str())
        .with(":place", to_i64(place))
        .with(":line1", line1.as_str())
        .with(":line2", line2.as_ref().map(AddressSupplement::as_str))
        .with(":city", city.as_str())
        .with(":region", state.as_str())
        .with(":country", country.alpha2())
        .with(":postal_code", postal_code.as_ref().map(PostalCode::as_str))
        .with(":submitted_by_normal", Person::of(&submitted.by.id).as_str().to_owned())
        .and(review::parameters(submitted, verification))
}

/// Reads an address through the rules of the domain.
pub(crate) fn read(columns: &Columns<'_>) -> Result<AddressInformation, StoreError> {
    Ok(AddressInformation {
        id: columns.parsed("address_id", AddressId::parse)?,
        line1: columns.parsed("line1", AddressLine::parse)?,
        line2: columns.parsed_optional("line2", AddressSupplement::parse)?,
        city: columns.parsed("city", PlaceName::parse)?,
        state: columns.parsed("region", PlaceName::parse)?,
        country: columns.parsed("country", Country::parse)?,
        postal_code: columns.parsed_optional("postal_code", PostalCode::parse)?,
        submitted: review::submitted(columns)?,
        verification: review::verification(columns)?,
    })
}
