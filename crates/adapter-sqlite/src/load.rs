//! Clients out of their rows, and the outcomes of requests.

use client_app::ports::{ClientRef, OutcomeRecord, RequestKey};
use client_domain::Client;
use client_domain::kyc::Kyc;
use client_domain::value::ClientKey;
use rusqlite::Connection;

use crate::error::Failure;
use crate::parameters::Parameters;
use crate::rows::{address, client, document, outcome};
use crate::sql::{ADDRESSES, DOCUMENTS, FIND_BY_ADDRESS, FIND_BY_DOCUMENT, FIND_BY_ID, FIND_BY_KEY, OUTCOME};

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
