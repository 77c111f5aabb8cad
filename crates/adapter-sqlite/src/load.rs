//! Clients out of their rows, and the outcomes of requests.

use client_app::ports::{ClientRef, Ending, FoundClient, OutcomeRecord, RequestKey};
use client_domain::kyc::Kyc;
use client_domain::value::ClientKey;
use client_domain::{Claim, Client};
use rusqlite::Connection;

use crate::error::Failure;
use crate::parameters::Parameters;
use crate::rows::{address, claim, client, document, ending, outcome};
use crate::sql::{
    ADDRESSES, DOCUMENTS, FIND_BY_ADDRESS, FIND_BY_DOCUMENT, FIND_BY_ID, FIND_BY_KEY, LAST_EVENT, OUTCOME,
    RETURNED_AS,
};

/// Reads a client with its documents and addresses.
pub(crate) fn client(connection: &Connection, name: &ClientRef) -> Result<Option<Client>, Failure> {
    let new = Parameters::new;
    let (sql, parameters) = match name {
        ClientRef::Key(key) => (FIND_BY_KEY, new().with(":client_key", key.as_str())),
        ClientRef::Id(id) => (FIND_BY_ID, new().with(":id", id.get())),
        ClientRef::Document(id) => (FIND_BY_DOCUMENT, new().with(":document_id", id.as_str())),
        ClientRef::Address(id) => (FIND_BY_ADDRESS, new().with(":address_id", id.as_str())),
    };
    let Some(mut snapshot) = parameters.first(connection, ("client", sql), client::read)? else {
        return Ok(None);
    };
    snapshot.kyc = kyc(connection, &snapshot.key)?;
    Ok(Some(client::restore(snapshot)?))
}

/// Reads a client with its ending.
pub(crate) fn found(connection: &Connection, name: &ClientRef) -> Result<Option<FoundClient>, Failure> {
    let Some(client) = client(connection, name)? else { return Ok(None) };
    let ending = ending(connection, &client)?;
    Ok(Some(FoundClient { client, ending }))
}

fn ending(connection: &Connection, client: &Client) -> Result<Ending, Failure> {
    let state = client.state();
    if !Ending::is_read(state) {
        return Ok(Ending::default());
    }
    let version = Parameters::new()
        .with(":client_key", client.key().as_str())
        .with(":version", client.version().get().cast_signed());
    let last =
        version.first(connection, ("client_history", LAST_EVENT), |columns| ending::read(columns, state))?;
    let ending = last.unwrap_or_default();
    if !Ending::may_return(state) {
        return Ok(ending);
    }
    let claim = Claim::former_client(client.key());
    let held = claim::parameters(&claim);
    let returned = held.first(connection, ("client_claim", RETURNED_AS), |columns| {
        columns.parsed("client_key", ClientKey::parse)
    })?;
    Ok(ending.with_return(returned))
}

fn kyc(connection: &Connection, key: &ClientKey) -> Result<Kyc, Failure> {
    let of_client = Parameters::new().with(":client_key", key.as_str());
    Ok(Kyc {
        documents: of_client.rows(connection, ("client_document", DOCUMENTS), document::read)?,
        addresses: of_client.rows(connection, ("client_address", ADDRESSES), address::read)?,
    })
}

/// Reads the outcome of a request.
pub(crate) fn outcome(
    connection: &Connection,
    request: &RequestKey,
) -> Result<Option<OutcomeRecord>, Failure> {
    let read = |columns: &crate::columns::Columns<'_>| outcome::read(columns, request);
    outcome::key(request).first(connection, ("client_idempotency", OUTCOME), read)
}
