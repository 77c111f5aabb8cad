//! The former names of a client. A list within a row, so it is JSON.

use client_app::ports::StoreError;
use client_domain::Client;
use client_domain::client::{Details, FormerNames, FullName, ValueChange};
use client_domain::value::PersonName;
use serde::Deserialize;
use serde_json::{Value, json};

use super::columns::Columns;
use super::values::{self, Triple};

/// The fields whose changes end a name.
const NAMES: [&str; 3] = ["firstName", "middleName", "lastName"];

/// A name as it is stored: first, middle and last name.
#[derive(Deserialize)]
struct Stored(String, Option<String>, String);

/// The former names of a client as JSON.
pub(crate) fn to_json(client: &Client) -> String {
    let former = &client.snapshot().former_names;
    // Most clients have none.
    if former.is_empty() {
        return "[]".to_owned();
    }
    let parts = |FullName { first, middle, last }: &FullName| {
        json!([first.as_str(), middle.as_ref().map(PersonName::as_str), last.as_str()])
    };
    former.iter().map(parts).collect::<Value>().to_string()
}

/// Reads the former names, where they are left to the history from the values that changed there, newest first.
pub(crate) fn read(columns: &Columns<'_>, details: &Details) -> Result<FormerNames, StoreError> {
    let stored = columns.known_optional("former_names", |text: &str| {
        if text == "[]" {
            return Some(FormerNames::default());
        }
        let stored: Vec<Stored> = serde_json::from_str(text).ok()?;
        let all: Option<Vec<_>> = stored.iter().map(Stored::name).collect();
        all.map(FormerNames::restore)
    })?;
    if let Some(stored) = stored {
        return Ok(stored);
    }
    let changes = columns.known_optional("name_changes", |text: &str| {
        let lines: Vec<Vec<Triple>> = serde_json::from_str(text).ok()?;
        Some(lines.iter().map(|line| names_in(line)).collect::<Vec<_>>())
    })?;
    Ok(FormerNames::default().recovered(details, changes.unwrap_or_default()))
}

fn names_in(line: &[Triple]) -> Vec<ValueChange> {
    line.iter().filter(|(field, ..)| NAMES.contains(&field.as_str())).filter_map(values::change).collect()
}

impl Stored {
    fn name(&self) -> Option<FullName> {
        let Self(first, middle, last) = self;
        Some(FullName {
            first: PersonName::parse(first).ok()?,
            middle: middle.as_deref().map(PersonName::parse).transpose().ok()?,
            last: PersonName::parse(last).ok()?,
        })
    }
}
