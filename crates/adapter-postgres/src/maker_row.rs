//! Who has touched a client, which travels as JSON.

use client_app::ports::StoreError;
use client_domain::client::{Maker, Makers, Touches};
use client_domain::{ActorId, Client, EventKind, Person};
use sqlx::postgres::PgRow;

use crate::client_row::Columns;

/// The makers of a client as an array of pairs: the normal form of an id, and how.
pub(crate) fn written(client: &Client) -> String {
    let people = client.snapshot().makers.people().iter();
    let pairs: Vec<_> = people.map(|maker| (maker.person.as_str(), maker.touches.bits())).collect();
    // Texts and numbers always serialize.
    serde_json::to_string(&pairs).unwrap_or_else(|_| "[]".to_owned())
}

/// Reads the makers, and takes into account what a release that does not know the column has written since.
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
        // What a newer release calls by another name may be a change.
        makers.follow(EventKind::parse(event).unwrap_or(EventKind::Updated), actor);
    }
    Ok(makers)
}
