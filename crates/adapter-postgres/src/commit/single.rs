//! A commit in a statement of its own.

use std::time::Duration;

use client_app::ports::{Changeset, ClientWrite, Committed, StoreError};
use client_domain::value::TransactionReference;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::time::Instant;

use super::claims::Claims;
use super::explain::explain;
use crate::error::{Cause, DbError};
use crate::pool::{Pool, Share};
use crate::rows::{client, client_fixed, document, event, history, makers, outcome};
use crate::sql::{
    COMMIT_INSERT, COMMIT_INSERT_DOCUMENTS, COMMIT_OUTCOME, COMMIT_UPDATE, COMMIT_UPDATE_DOCUMENTS, Statement,
};

/// The maximum number of attempts. Another attempt follows where the server asks for it, or where the cause of a refusal
/// was gone when it was searched for.
const MAX_ATTEMPTS: u32 = 6;
/// The pause before the second attempt; each later one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// Commits a changeset in a statement of its own.
pub(super) async fn commit(pool: &Pool, changeset: &Changeset) -> Result<Committed, StoreError> {
    let claims = Claims::of(changeset);
    let mut last = DbError::Unavailable(Cause::new("every attempt met another commit"));
    let deadline = pool.deadline();
    for attempt in 0..MAX_ATTEMPTS {
        let pause = FIRST_PAUSE * 2_u32.pow(attempt);
        if attempt > 0 && Instant::now() + pause >= deadline {
            break;
        }
        let answer = if attempt == 0 {
            pool.attempt(Share::Commands, deadline, statement(changeset, &claims)).await
        } else {
            tokio::time::sleep(pause).await;
            pool.retry(Share::Commands, deadline, statement(changeset, &claims)).await
        };
        pool.record(&answer, answer.as_ref().is_ok_and(|rows| is_done(rows)));
        match answer {
            Ok(rows) if is_done(&rows) => return Ok(Committed::Done),
            Ok(_) | Err(DbError::UniqueViolation) => {}
            Err(error @ (DbError::Retryable(_) | DbError::NotSent(_) | DbError::ReadOnly(_))) => {
                last = error;
                continue;
            }
            Err(error) => return Err(error.of_write()),
        }
        if let Some(answer) = explain(pool, changeset, &claims).await? {
            return Ok(answer);
        }
    }
    Err(last.of_write())
}

/// Whether the commit was done. The task of a commit that panics leaves an unknown outcome, as it should.
#[expect(clippy::expect_used, reason = "every statement of a single commit selects this column in one row")]
pub(super) fn is_done(rows: &[PgRow]) -> bool {
    rows.first().expect("the row of a commit").try_get("done").expect("the column `done`")
}

/// The statement of a changeset. The parameters are bound in the order in which the files name them.
pub(super) fn statement<'q>(changeset: &'q Changeset, claims: &Claims<'_>) -> Statement<'q> {
    let has_documents = document::are_written(changeset);
    let text = match (&changeset.client, has_documents) {
        (Some(ClientWrite::Insert(_)), false) => COMMIT_INSERT,
        (Some(ClientWrite::Insert(_)), true) => COMMIT_INSERT_DOCUMENTS,
        (Some(ClientWrite::Update { .. }), false) => COMMIT_UPDATE,
        (Some(ClientWrite::Update { .. }), true) => COMMIT_UPDATE_DOCUMENTS,
        (None, _) => COMMIT_OUTCOME,
    };
    let lines: Vec<_> = changeset.history.iter().collect();
    let events: Vec<_> = changeset.events.iter().collect();
    let bound = event::bind(history::bind(sqlx::query(text), &lines), &events);
    let bound = outcome::bind(bound, changeset.outcome.as_ref());
    let Some(write) = &changeset.client else { return bound };
    let client = write.client();
    let references = client.snapshot().activations.iter().map(TransactionReference::as_str);
    let bound = client::bind(claims.bind_released(claims.bind_taken(bound)), client)
        .bind(references.collect::<Vec<_>>())
        .bind(makers::to_json(client));
    let bound = match write {
        ClientWrite::Insert(client) => client_fixed::bind(bound, client),
        ClientWrite::Update { read, .. } => bound.bind(read.get().cast_signed()),
    };
    let bound = if has_documents { document::bind(bound, changeset, client) } else { bound };
    match write {
        ClientWrite::Insert(client) => bound.bind(client::former(client)),
        ClientWrite::Update { .. } => bound,
    }
}
