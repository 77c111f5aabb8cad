//! Who entered the phone number and the e-mail address in force. A list within a row, so it is JSON.

use client_app::ports::StoreError;
use client_domain::Person;
use client_domain::client::{ContactEntries, ContactEntry, ContactPoint, ContactValue, Details};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::columns::Columns;

/// An entry as it is stored, with the value that was entered.
#[derive(Deserialize)]
struct Stored {
    point: String,
    value: String,
    by: String,
    spelled_by: Option<String>,
}

/// The entries of a client as JSON.
pub(super) fn to_json(entries: &ContactEntries) -> String {
    let entered = |ContactEntry { value, by, spelled_by }: &ContactEntry| {
        json!({
            "point": value.point().name(),
            "value": value.as_str(),
            "by": by.as_str(),
            "spelled_by": spelled_by.as_ref().map(Person::as_str),
        })
    };
    entries.iter().map(entered).collect::<Value>().to_string()
}

pub(super) fn read(columns: &Columns<'_>, details: &Details) -> Result<ContactEntries, StoreError> {
    columns.json_known("contact_entries", |stored: Vec<Stored>| {
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
