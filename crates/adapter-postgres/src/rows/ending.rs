//! How a client ended, as columns of the statements that find clients.

use client_app::ports::{Ending, FoundClient, StoreError};
use client_domain::value::ClientKey;
use client_domain::{ClientState, EventKind};
use sqlx::postgres::PgRow;

use super::client;
use super::columns::Columns;

/// Reads a client with its ending.
pub(crate) fn read_found(row: &PgRow) -> Result<FoundClient, StoreError> {
    let client = client::read(row)?;
    let state = client.state();
    if !Ending::is_read(state) {
        return Ok(FoundClient { client, ending: Ending::default() });
    }
    let columns = Columns { row, table: "client" };
    let last = columns.known_optional("last_event", |text: &str| {
        let (event, from): (String, i64) = serde_json::from_str(text).ok()?;
        // An event of a newer release is none of those that an ending depends on.
        Some(EventKind::parse(&event).map(|kind| Ending::of(state, kind, ClientState::from_number(from))))
    })?;
    let returned_as = columns.parsed_optional("returned_as", ClientKey::parse)?;
    let ending = last.flatten().unwrap_or_default().with_return(returned_as);
    Ok(FoundClient { client, ending })
}
