//! Who entered the phone number and the e-mail address in force. A list within a row, so it is JSON.

use client_app::ports::StoreError;
use client_domain::client::{ContactEntries, ContactEntry, ContactPoint, ContactValue, Details};
use client_domain::{Client, Person};
use serde::Deserialize;
use serde_json::{Value, json};

use super::columns::Columns;

/// An entry as it is stored, with the value that was entered.
#[derive(Deserialize)]
struct Stored {
    point: String,
    value: String,
    by: String,
    spelled_by: Option<String>,
}

/// The entries of a client as JSON.
pub(crate) fn to_json(client: &Client) -> String {
    let entered = |ContactEntry { value, by, spelled_by }: &ContactEntry| {
        json!({
            "point": value.point().name(),
            "value": value.as_str(),
            "by": by.as_str(),
            "spelled_by": spelled_by.as_ref().map(Person::as_str),
        })
    };
    client.snapshot().contact_entries.iter().map(entered).collect::<Value>().to_string()
}

/// Reads the entries. Those of values that a release without the column has replaced are left out.
pub(crate) fn read(columns: &Columns<'_>, details: &Details) -> Result<ContactEntries, StoreError> {
    columns.known("contact_entries", |text: &str| {
        let stored: Vec<Stored> = serde_json::from_str(text).ok()?;
        let all: Option<Vec<_>> = stored.iter().map(Stored::entry).collect();
        Some(ContactEntries::restore(all?, details))
    })
}

impl Stored {
    fn entry(&self) -> Option<ContactEntry> {
        Some(ContactEntry {
            value: ContactValue::restore(ContactPoint::parse(&self.point).ok()?, &self.value).ok()?,
            by: Person::restore(&self.by),
            spelled_by: self.spelled_by.as_deref().map(Person::restore),
        })
    }
}
