//! An address as a row of `client_address`.

use client_domain::kyc::{AddressId, AddressInformation};
use client_domain::value::{AddressLine, AddressSupplement, PlaceName, PostalCode};
use serde::Deserialize;

use super::country::COUNTRIES;
use super::review::{self, ReviewColumns};
use crate::sql::Statement;

/// A row; the names are those of its columns.
#[derive(Deserialize)]
pub(super) struct AddressRow {
    address_id: String,
    line1: String,
    line2: Option<String>,
    city: String,
    region: String,
    country: String,
    postal_code: Option<String>,
    #[serde(flatten)]
    review: ReviewColumns,
}

impl AddressRow {
    /// The address, through the rules of the domain.
    pub(super) fn address(&self) -> Option<AddressInformation> {
        Some(AddressInformation {
            id: AddressId::parse(&self.address_id).ok()?,
            line1: AddressLine::parse(&self.line1).ok()?,
            line2: self.line2.as_deref().map(AddressSupplement::parse).transpose().ok()?,
            city: PlaceName::parse(&self.city).ok()?,
            state: PlaceName::parse(&self.region).ok()?,
            country: COUNTRIES.get(self.country.as_str()).copied()?,
            postal_code: self.postal_code.as_deref().map(PostalCode::parse).transpose().ok()?,
            submitted: self.review.submitted()?,
            verification: self.review.verification()?,
        })
    }
}

/// Binds addresses and their positions, with one array a column.
pub(super) fn bind_all<'q>(
    statement: Statement<'q>,
    rows: &[(i16, &'q AddressInformation)],
) -> Statement<'q> {
    fn column<'q, T>(
        rows: &[(i16, &'q AddressInformation)],
        value: impl Fn(&'q AddressInformation) -> T,
    ) -> Vec<T> {
        rows.iter().map(|(_, address)| value(address)).collect()
    }
    let statement = statement
        .bind(column(rows, |address| address.id.as_str()))
        .bind(rows.iter().map(|(position, _)| *position).collect::<Vec<_>>())
        .bind(column(rows, |address| address.line1.as_str()))
        .bind(column(rows, |address| address.line2.as_ref().map(AddressSupplement::as_str)))
        .bind(column(rows, |address| address.city.as_str()))
        .bind(column(rows, |address| address.state.as_str()))
        .bind(column(rows, |address| address.country.alpha2()))
        .bind(column(rows, |address| address.postal_code.as_ref().map(PostalCode::as_str)));
    review::bind_all(statement, &column(rows, |address| (&address.submitted, &address.verification)))
        .bind(column(rows, |address| review::verified(&address.verification)))
        .bind(column(rows, |address| review::rejection(&address.verification)))
}
