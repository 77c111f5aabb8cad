//! A changeset into rows. The thread that writes runs it, so that nothing changes between the check and the write.

use std::collections::{BTreeMap, BTreeSet};

use client_app::ports::{Changeset, ClientWrite, Committed, StoreError};
use client_domain::value::{ClientKey, Version};
use client_domain::{Claim, ClaimKind, Client};
use rusqlite::Connection;

use crate::error::{Failure, corrupt};
use crate::load;
use crate::parameters::Parameters;
use crate::rows::{address, claim, client, document, event, history, outcome};
use crate::sql::{
    CLIENT_VERSION, DEQUEUE_CONTENT, ID_TAKEN, INSERT_CLIENT, INSERT_EVENT, INSERT_HISTORY,
    INSERT_HISTORY_VALUE, INSERT_OUTCOME, QUEUE_CONTENT, RELEASE_CLAIM, RIVAL, TAKE_CLAIM, UPDATE_CLIENT,
    WRITE_ADDRESS, WRITE_DOCUMENT,
};

/// Writes a changeset, or returns the first reason, in the order of the port, why not.
pub(crate) fn commit(connection: &Connection, changeset: &Changeset) -> Result<Committed, Failure> {
    if let Some(refused) = replay(connection, changeset)? {
        return Ok(refused);
    }
    if let Some(refused) = conflict(connection, changeset)? {
        return Ok(refused);
    }
    let claims = Claims::of(changeset);
    let owner = changeset.client.as_ref().map(|write| write.client().key());
    let rivals = claims.rivals(connection, owner)?;
    if !rivals.is_empty() {
        return Ok(Committed::ClaimTaken(rivals));
    }
    write(connection, changeset, &claims)?;
    Ok(Committed::Done)
}

/// The answer if the idempotency key was used before.
fn replay(connection: &Connection, changeset: &Changeset) -> Result<Option<Committed>, Failure> {
    let Some(new) = &changeset.outcome else { return Ok(None) };
    Ok(load::outcome(connection, &new.request)?.map(|known| {
        if known.fingerprint == new.fingerprint {
            Committed::Replayed(Box::new(known))
        } else {
            Committed::KeyReused
        }
    }))
}

/// The answer if the client is not at the version that was read. A new client whose key or id is taken is an error.
fn conflict(connection: &Connection, changeset: &Changeset) -> Result<Option<Committed>, Failure> {
    let Some(write) = &changeset.client else { return Ok(None) };
    let of_client = Parameters::new().with(":client_key", write.client().key().as_str());
    let version = |columns: &crate::columns::Columns<'_>| columns.version("version");
    let stored: Option<Version> = of_client.first(connection, ("client", CLIENT_VERSION), version)?;
    match write {
        ClientWrite::Update { read, .. } => Ok((stored != Some(*read)).then_some(Committed::Stale)),
        ClientWrite::Insert(client) => {
            if stored.is_some() || is_id_taken(connection, client)? {
                return Err(corrupt("a new client whose key or id is taken").into());
            }
            Ok(None)
        }
    }
}

fn is_id_taken(connection: &Connection, client: &Client) -> Result<bool, Failure> {
    let of_id = Parameters::new().with(":id", client.id().get());
    exists(connection, &of_id, ("client", ID_TAKEN))
}

fn exists(
    connection: &Connection,
    parameters: &Parameters<'_>,
    statement: (&'static str, &str),
) -> Result<bool, Failure> {
    let found = parameters.first(connection, statement, |_| Ok::<_, StoreError>(()))?;
    Ok(found.is_some())
}

/// The claims of a changeset, each once.
struct Claims<'a> {
    /// The claims to take, and whether each is exclusive.
    take: BTreeMap<&'a Claim, bool>,
    release: BTreeSet<&'a Claim>,
}

impl<'a> Claims<'a> {
    fn of(changeset: &'a Changeset) -> Self {
        let mut take = BTreeMap::new();
        for wanted in &changeset.take {
            *take.entry(&wanted.claim).or_default() |= wanted.exclusive;
        }
        // A claim that is released and taken stays with the client.
        let release = changeset.release.iter().filter(|claim| !take.contains_key(claim)).collect();
        Self { take, release }
    }

    /// The kinds of exclusive claims that other clients have.
    fn rivals(
        &self,
        connection: &Connection,
        owner: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, Failure> {
        let mut rivals = BTreeSet::new();
        for (claim, _) in self.take.iter().filter(|(_, exclusive)| **exclusive) {
            if has_rival(connection, claim, owner)? {
                rivals.insert(claim.kind());
            }
        }
        Ok(rivals)
    }
}

/// Whether another client than this one has the claim, exclusively or not.
pub(crate) fn has_rival(
    connection: &Connection,
    claim: &Claim,
    owner: Option<&ClientKey>,
) -> Result<bool, Failure> {
    let parameters = claim::parameters(claim).with(":client_key", owner.map(ClientKey::as_str));
    exists(connection, &parameters, ("client_claim", RIVAL))
}

fn write(connection: &Connection, changeset: &Changeset, claims: &Claims<'_>) -> Result<(), Failure> {
    // Without `..`: a part that a changeset gains is written, or this does not compile.
    let Changeset { client, documents, addresses, replaced, take: _, release: _, history, events, outcome } =
        changeset;
    if let Some(write) = client {
        write_client(connection, write)?;
    }
    for line in history {
        history::parameters(line).execute(connection, INSERT_HISTORY)?;
        if let Some(values) = history::values(line) {
            values.execute(connection, INSERT_HISTORY_VALUE)?;
        }
    }
    if let Some(write) = client {
        let client = write.client();
        check_line(changeset, client)?;
        write_claims(connection, claims, client.key())?;
        let kyc = client.kyc();
        for (place, one) in kyc.documents.iter().enumerate().filter(|(_, one)| documents.contains(&one.id)) {
            document::parameters(client.key(), place, one).execute(connection, WRITE_DOCUMENT)?;
            let content = Parameters::new().with(":content_key", one.content.key.as_str());
            content.execute(connection, DEQUEUE_CONTENT)?;
        }
        for (place, one) in kyc.addresses.iter().enumerate().filter(|(_, one)| addresses.contains(&one.id)) {
            address::parameters(client.key(), place, one).execute(connection, WRITE_ADDRESS)?;
        }
    }
    for candidate in replaced {
        let content = Parameters::new().with(":content_key", candidate.key.as_str());
        content.with(":queued_at", candidate.since).execute(connection, QUEUE_CONTENT)?;
    }
    for one in events {
        event::parameters(one).execute(connection, INSERT_EVENT)?;
    }
    if let Some(outcome) = outcome {
        outcome::parameters(outcome).execute(connection, INSERT_OUTCOME)?;
    }
    Ok(())
}

fn write_client(connection: &Connection, write: &ClientWrite) -> Result<(), Failure> {
    let (sql, parameters) = match write {
        ClientWrite::Insert(one) => (INSERT_CLIENT, client::parameters(one).and(client::origin(one))),
        ClientWrite::Update { client: one, read: _ } => (UPDATE_CLIENT, client::parameters(one)),
    };
    parameters.execute(connection, sql).map(drop)
}

/// A version has its line. The schema says so at the end of the transaction; here the changeset is refused by itself.
fn check_line(changeset: &Changeset, client: &Client) -> Result<(), Failure> {
    let is_its_line = |line: &client_app::ports::HistoryEntry| {
        line.event.key == *client.key() && line.event.version == client.version()
    };
    if changeset.history.iter().any(is_its_line) {
        Ok(())
    } else {
        Err(corrupt("a version of a client without a line of history").into())
    }
}

fn write_claims(connection: &Connection, claims: &Claims<'_>, key: &ClientKey) -> Result<(), Failure> {
    for claim in &claims.release {
        let parameters = claim::parameters(claim).with(":client_key", key.as_str());
        parameters.execute(connection, RELEASE_CLAIM)?;
    }
    for (claim, exclusive) in &claims.take {
        let parameters = claim::parameters(claim).with(":client_key", key.as_str());
        parameters.with(":exclusive", *exclusive).execute(connection, TAKE_CLAIM)?;
    }
    Ok(())
}
