//! Countries by code.

use std::collections::HashMap;
use std::sync::LazyLock;

use client_domain::value::Country;

/// The countries by code. The parser of the domain also compares the names of all countries, which a stored code has no
/// need of.
pub(super) static COUNTRIES: LazyLock<HashMap<&'static str, Country>> =
    LazyLock::new(|| Country::all().map(|country| (country.alpha2(), country)).collect());
