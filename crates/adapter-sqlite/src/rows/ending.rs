//! How a client ended, as a line of its history.

use client_app::ports::{Ending, StoreError};
use client_domain::{ClientState, EventKind};

use crate::columns::Columns;

/// Reads the ending of a client in this state from the line of its version.
pub(crate) fn read(columns: &Columns<'_>, state: ClientState) -> Result<Ending, StoreError> {
    let from = ClientState::from_number(columns.get("from_state")?);
    let event: String = columns.get("event")?;
    // An event of a newer release is none of those that an ending depends on.
    let kind = EventKind::parse(&event);
    Ok(kind.map(|kind| Ending::of(state, kind, from)).unwrap_or_default())
}
