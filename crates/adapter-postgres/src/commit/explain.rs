//! Why a commit was not done.

use std::collections::BTreeSet;

use client_app::ports::{Changeset, ClientWrite, Committed, OutcomeRecord, StoreError};
use client_domain::value::Version;

use super::claims::Claims;
use crate::error::corrupt;
use crate::pool::{Pool, Share};
use crate::rows::columns::Columns;
use crate::rows::{claim, outcome};
use crate::sql::EXPLAIN_REFUSAL;

/// Why a commit was not done, in the order of the port; none if the cause is gone.
pub(super) async fn explain(
    pool: &Pool,
    changeset: &Changeset,
    claims: &Claims<'_>,
) -> Result<Option<Committed>, StoreError> {
    let client = changeset.client.as_ref().map(ClientWrite::client);
    let request = changeset.outcome.as_ref().map(|outcome| &outcome.request);
    let rows = pool
        .read(Share::CommandReads, || {
            let bound = outcome::bind_key(sqlx::query(EXPLAIN_REFUSAL), request)
                .bind(client.map(|client| client.key().as_str()))
                .bind(client.map(|client| client.id().get()));
            claims.bind_taken(bound)
        })
        .await
        // Whatever the error of the read is, nothing was written.
        .map_err(|error| match error.of_read() {
            StoreError::TimedOut(cause) => StoreError::Unavailable(cause),
            other => other,
        })?;
    let Some(row) = rows.first() else { return Ok(None) };

    if let (Some(new), Some(known)) = (&changeset.outcome, outcome::read(row, request)?) {
        return Ok(Some(used(new, known)));
    }
    let columns = Columns { row, table: "client" };
    let stored = columns
        .known_optional("client_version", |number: i64| u64::try_from(number).ok().and_then(Version::new))?;
    match &changeset.client {
        Some(ClientWrite::Insert(_)) if stored.is_some() || columns.get("number_taken")? => {
            return Err(corrupt("a new client whose key or id is taken"));
        }
        Some(ClientWrite::Update { read, .. }) if stored != Some(*read) => return Ok(Some(Committed::Stale)),
        _ => {}
    }
    let rivals: BTreeSet<_> =
        columns.known("rivals", |names: Vec<String>| names.iter().map(|name| claim::kind(name)).collect())?;
    Ok((!rivals.is_empty()).then_some(Committed::ClaimTaken(rivals)))
}

/// The answer where the request key was used before.
pub(super) fn used(new: &OutcomeRecord, known: OutcomeRecord) -> Committed {
    if known.fingerprint == new.fingerprint {
        Committed::Replayed(Box::new(known))
    } else {
        Committed::KeyReused
    }
}
