//! The text that was entered for the phone number, with the number that it belongs to.

use client_app::ports::StoreError;
use client_domain::value::PhoneNumber;
use serde::Deserialize;
use serde_json::json;

use super::columns::Columns;

/// A text as it is stored.
#[derive(Deserialize)]
struct Stored {
    number: String,
    entered: String,
}

/// The text as JSON; `None` if there is none.
pub(crate) fn to_json(phone: &PhoneNumber) -> Option<String> {
    let stored = |entered: &str| json!({ "number": phone.as_str(), "entered": entered }).to_string();
    phone.entered().map(stored)
}

/// Reads the number with its text. A release without the column may have changed the number, and left the text of another.
pub(crate) fn read(columns: &Columns<'_>) -> Result<PhoneNumber, StoreError> {
    let number = columns.parsed("phone", PhoneNumber::parse)?;
    let stored: Option<Stored> =
        columns.known_optional("phone_entered", |text: &str| serde_json::from_str(text).ok())?;
    Ok(match stored.filter(|stored| stored.number == number.as_str()) {
        Some(stored) => number.entered_as(&stored.entered),
        None => number,
    })
}
