//! The receivers besides the default one.

use client_app::ports::{EventFilter, ReceiverName, Registration, StoreError};
use client_domain::EventKind;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::columns::Columns;
use crate::error::Failure;
use crate::parameters::Parameters;
use crate::sql::{DELETE_DELIVERIES, FORGET_RECEIVER, RECEIVERS, REGISTER_RECEIVER};

pub(super) fn register(
    connection: &Connection,
    receiver: &ReceiverName,
    filter: &EventFilter,
    at: Timestamp,
) -> Result<(), Failure> {
    if receiver.is_default() {
        return Ok(());
    }
    let types = filter.names().map(|names| names.join(" "));
    let parameters = Parameters::new()
        .with(":name", receiver.as_str())
        .with(":types", types.as_deref())
        .with(":since", at);
    parameters.execute(connection, REGISTER_RECEIVER).map(drop)
}

pub(super) fn forget(connection: &Connection, receiver: &ReceiverName) -> Result<bool, Failure> {
    let receiver = Parameters::new().with(":receiver", receiver.as_str());
    receiver.execute(connection, DELETE_DELIVERIES)?;
    Ok(receiver.execute(connection, FORGET_RECEIVER)? > 0)
}

pub(super) fn all(connection: &Connection) -> Result<Vec<Registration>, Failure> {
    Parameters::new().rows(connection, ("client_receiver", RECEIVERS), registration)
}

fn registration(columns: &Columns<'_>) -> Result<Registration, StoreError> {
    let kinds = |names: &str| {
        names
            .split(' ')
            .filter(|name| !name.is_empty())
            .map(|name| EventKind::parse(name).ok_or(()))
            .collect()
    };
    Ok(Registration {
        receiver: ReceiverName::from_stored(columns.text("name")?.to_owned()),
        filter: columns.parsed_optional("types", kinds)?.map_or(EventFilter::All, EventFilter::Only),
        since: columns.moment("since")?,
    })
}
