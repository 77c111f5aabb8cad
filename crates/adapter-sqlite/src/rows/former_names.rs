//! The former names of a client. A list within a row, so it is JSON.

use client_app::ports::StoreError;
use client_domain::client::{FormerNames, FullName};
use client_domain::value::PersonName;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::columns::Columns;

/// A name as it is stored: first, middle and last name.
#[derive(Deserialize)]
struct Stored(String, Option<String>, String);

/// The former names of a client as JSON.
pub(super) fn to_json(names: &FormerNames) -> String {
    let parts = |FullName { first, middle, last }: &FullName| {
        json!([first.as_str(), middle.as_ref().map(PersonName::as_str), last.as_str()])
    };
    names.iter().map(parts).collect::<Value>().to_string()
}

pub(super) fn read(columns: &Columns<'_>) -> Result<FormerNames, StoreError> {
    columns.json_known("former_names", |stored: Vec<Stored>| {
        let all: Option<Vec<_>> = stored.iter().map(Stored::name).collect();
        all.map(FormerNames::restore)
    })
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
