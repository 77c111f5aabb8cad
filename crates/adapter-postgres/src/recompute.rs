//! Recomputes the normal forms of clients that an earlier release has written, claims their documents, and recalls their former names.

use client_app::ports::StoreError;
use client_domain::Client;
use client_domain::search::{Property, Sortable, former_name_text, search_text};
use client_domain::value::ClientKey;
use sqlx::postgres::PgRow;

use crate::error::{Cause, DbError, corrupt};
use crate::pool::{Idempotence, Pool, Share};
use crate::rows::claim::digest;
use crate::rows::client;
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::rows::former_names;
use crate::sql::{FIND_BY_KEYS, RECOMPUTE, STALE_CLIENTS, Statement};
use crate::store::PostgresStore;

/// How often a batch is tried: another commit can take a claim at the same moment, or wait for the same rows.
const MAX_ATTEMPTS: u32 = 5;

/// The number of the advisory lock of the process that recomputes at this moment, "cl.forms" in ASCII.
const TURN: i64 = 0x636c_2e66_6f72_6d73;

/// What one batch has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recomputed {
    /// The last client that was read; the next batch continues after it. None if no client is stale.
    pub last: Option<ClientKey>,
    /// How many clients have their normal forms now.
    pub clients: u64,
    /// How many stale clients were left out: they were being written, or cannot be read.
    pub left_out: u64,
    /// How many claims of them another client has too. The older client keeps it; both work on.
    pub shared_claims: u64,
    /// Whether the batch was done. It was not where another process recomputes at this moment; then it is to be repeated.
    pub has_turn: bool,
}

impl PostgresStore {
    /// Recomputes the normal forms of up to `limit` clients that an earlier release has written, in the order of their keys
    /// after `after`. Called with the last key of the batch before until there is none, it recomputes all of them in small
    /// steps, while others write; it may be stopped and begun again at any moment. Of several processes that do so, one has its
    /// turn at a time: two statements that take claims of many clients could wait for each other.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], or [`StoreError::TimedOut`] where the outcome is unknown; the batch may be repeated.
    pub async fn recompute(&self, after: Option<&ClientKey>, limit: usize) -> Result<Recomputed, StoreError> {
        batch(&self.pool, after, limit).await
    }
}

/// Recomputes up to `limit` stale clients, in the order of their keys after `after`.
async fn batch(pool: &Pool, after: Option<&ClientKey>, limit: usize) -> Result<Recomputed, StoreError> {
    let beginning = after.map_or("", ClientKey::as_str);
    let stale = || sqlx::query(STALE_CLIENTS).bind(beginning).bind(to_i64(limit));
    let rows = pool.read(Share::KeyReads, stale).await.map_err(DbError::of_read)?;
    let key = |row| Columns { row, table: "client" }.parsed("client_key", ClientKey::parse);
    let keys: Vec<ClientKey> = rows.iter().map(key).collect::<Result<_, _>>()?;
    let Some(last) = keys.last() else { return Ok(Recomputed::default()) };
    let names: Vec<_> = keys.iter().map(ClientKey::as_str).collect();
    let read = || sqlx::query(FIND_BY_KEYS).bind(names.clone());
    let rows = pool.read(Share::KeyReads, read).await.map_err(DbError::of_read)?;
    let mut clients = Vec::with_capacity(rows.len());
    for row in &rows {
        // A corrupt row does not keep the others from their forms.
        match client::read(row) {
            Ok(client) => clients.push(client),
            Err(error) => tracing::error!(%error, "a client keeps its old normal forms"),
        }
    }
    let done = write(pool, &clients).await?;
    let left_out = if done.has_turn { (keys.len() as u64).saturating_sub(done.clients) } else { 0 };
    Ok(Recomputed { last: Some(last.clone()), left_out, ..done })
}

async fn write(pool: &Pool, clients: &[Client]) -> Result<Recomputed, StoreError> {
    let mut attempts = 0;
    let rows = loop {
        attempts += 1;
        match pool.write(Idempotence::Idempotent, || statement(clients)).await {
            Err(DbError::UniqueViolation | DbError::Retryable(_)) if attempts < MAX_ATTEMPTS => {}
            // A read has nothing to say about another commit; this is none.
            Err(DbError::UniqueViolation) => {
                let cause = Cause::new("other commits took the same claims");
                return Err(StoreError::Unavailable(Some(Box::new(cause))));
            }
            answer => break answer.map_err(DbError::of_read)?,
        }
    };
    let count = |row: &PgRow, name: &str| {
        Columns { row, table: "client" }.known(name, |count: i64| u64::try_from(count).ok())
    };
    let row = rows.first().ok_or_else(|| corrupt("a recompute without an answer"))?;
    Ok(Recomputed {
        clients: count(row, "recomputed")?,
        shared_claims: count(row, "shared_claims")?,
        has_turn: Columns { row, table: "client" }.known("has_turn", Some)?,
        ..Recomputed::default()
    })
}

/// The statement of a batch. The parameters are bound in the order in which the file names them.
fn statement(clients: &[Client]) -> Statement<'_> {
    let mut statement = sqlx::query(RECOMPUTE)
        .bind(clients.iter().map(|client| client.key().as_str()).collect::<Vec<_>>())
        .bind(clients.iter().map(|client| client.version().get().cast_signed()).collect::<Vec<_>>());
    for property in [
        Property::FirstName,
        Property::MiddleName,
        Property::LastName,
        Property::FullName,
        Property::EmailAddress,
        Property::Address,
        Property::City,
        Property::State,
        Property::Country,
        Property::IdentificationType,
        Property::IdentificationNumber,
    ] {
        let folded = clients.iter().map(|client| match property.of(client) {
            Sortable::Text(text) => Some(text),
            _ => None,
        });
        statement = statement.bind(folded.collect::<Vec<_>>());
    }
    statement = statement.bind(clients.iter().map(search_text).collect::<Vec<_>>());
    for property in [Property::FirstName, Property::MiddleName, Property::LastName] {
        let written = clients.iter().map(|client| property.passport_form(client));
        statement = statement.bind(written.collect::<Vec<_>>());
    }
    statement = statement
        .bind(clients.iter().map(former_names::to_json).collect::<Vec<_>>())
        .bind(clients.iter().map(former_name_text).collect::<Vec<_>>());
    let documents = || {
        clients
            .iter()
            .flat_map(|client| client.kyc().documents.iter().map(move |document| (client, document)))
    };
    statement = statement
        .bind(documents().map(|(client, _)| client.key().as_str()).collect::<Vec<_>>())
        .bind(documents().map(|(_, document)| document.id.as_str()).collect::<Vec<_>>())
        .bind(documents().map(|(_, document)| number(document.number.as_str())).collect::<Vec<_>>());
    let claims: Vec<_> = clients
        .iter()
        .flat_map(|client| client.added_claims().into_iter().map(move |claim| (client, claim)))
        .collect();
    statement
        .bind(claims.iter().map(|(client, _)| client.key().as_str()).collect::<Vec<_>>())
        .bind(claims.iter().map(|(_, claim)| claim.added.kind().name()).collect::<Vec<_>>())
        .bind(claims.iter().map(|(_, claim)| digest(&claim.added)).collect::<Vec<_>>())
        .bind(claims.iter().map(|(_, claim)| digest(&claim.former)).collect::<Vec<_>>())
        .bind(TURN)
}

fn number(text: &str) -> String {
    Property::DocumentNumber.normal_form(text)
}
