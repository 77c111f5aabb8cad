//! The makers of a client: the persons who have touched it since its last approval. A list within a row, so it is JSON.

use client_app::ports::StoreError;
use client_domain::client::{Maker, Makers, Touches};
use client_domain::{ActorId, Client, EventKind, Person};
use serde_json::{Value, json};
use sqlx::postgres::PgRow;

use super::columns::Columns;

/// The makers of a client as an array of pairs: the normal form of an id, and the bits of its touches.
pub(crate) fn to_json(client: &Client) -> String {
    let people = client.snapshot().makers.people().iter();
    let pairs = people.map(|maker| json!([maker.person.as_str(), maker.touches.bits()]));
    Value::Array(pairs.collect()).to_string()
}

/// Reads the makers, and adds those of the lines of history that a release without the column has written since. A release that
/// did not know that a rejection can be undone left a rejected client without makers; its lines are read from the first one.
pub(crate) fn read(row: &PgRow) -> Result<Makers, StoreError> {
    let columns = Columns { row, table: "client" };
    let mut makers = columns.known("makers", |text: &str| {
        let pairs: Vec<(String, u16)> = serde_json::from_str(text).ok()?;
        let maker = |(person, bits): &(String, u16)| {
            Some(Maker { person: Person::restore(person), touches: Touches::from_bits(*bits)? })
        };
        pairs.iter().map(maker).collect::<Option<Vec<_>>>().map(Makers::restore)
    })?;
    let since = columns.known_optional("makers_since", |text: &str| {
        let lines: Vec<(String, String)> = serde_json::from_str(text).ok()?;
        lines.iter().map(|(event, actor)| Some((event.clone(), ActorId::parse(actor).ok()?))).collect()
    })?;
    let since: Vec<(String, ActorId)> = since.unwrap_or_default();
    for (event, actor) in &since {
        // An event of a newer release may be a change.
        makers.follow(EventKind::parse(event).unwrap_or(EventKind::Updated), actor);
    }
    Ok(makers)
}
