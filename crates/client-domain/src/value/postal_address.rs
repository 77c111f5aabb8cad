use super::address_line::AddressLine;
use super::country::Country;
use super::place_name::PlaceName;

/// Where a client lives or does business.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct PostalAddress {
    /// Street, house, flat.
    pub address: AddressLine,
    /// Town or city.
    pub city: PlaceName,
    /// State, province or region.
    pub state: PlaceName,
    /// Country of ISO 3166-1.
    pub country: Country,
}
