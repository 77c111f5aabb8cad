//! The makers of a client: the persons who have touched it since its last approval. A list within a row, so it is JSON.

use client_app::ports::StoreError;
use client_domain::Person;
use client_domain::client::{Maker, Makers, Touches};
use serde_json::{Value, json};

use crate::columns::Columns;

/// The makers of a client as an array of pairs: the normal form of an id, and the bits of its touches.
pub(super) fn to_json(makers: &Makers) -> String {
    let pair = |Maker { person, touches }: &Maker| json!([person.as_str(), touches.bits()]);
    Value::Array(makers.people().iter().map(pair).collect()).to_string()
}

pub(super) fn read(columns: &Columns<'_>) -> Result<Makers, StoreError> {
    columns.json_known("makers", |pairs: Vec<(String, u16)>| {
        let maker = |(person, bits): &(String, u16)| {
            Some(Maker { person: Person::restore(person), touches: Touches::from_bits(*bits)? })
        };
        pairs.iter().map(maker).collect::<Option<Vec<_>>>().map(Makers::restore)
    })
}
