//! A commit: one statement, and where it was refused, one more that says why.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use client_app::ports::{Changeset, ClientWrite, Committed, OutboxEvent, OutcomeRecord, StoreError};
use client_domain::value::Version;
use client_domain::{Claim, ClaimKind};
use jiff_sqlx::ToSqlx as _;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::time::Instant;

use crate::client_row::{self, Columns};
use crate::digest::digest;
use crate::pool::{Bound, Pool, Share};
use crate::statements::{
    COMMIT_CHANGE, COMMIT_NEW, COMMIT_NEW_PAPERS, COMMIT_OUTCOME, COMMIT_PAPERS, EXPLAIN_REFUSAL,
};
use crate::trouble::{Cause, Trouble, corrupt};
use crate::{history_row, maker_row, outcome_row, paper_row};

/// How often a commit is begun before it is given up. Each time the server has asked for it, or what stood in
/// the way was gone when it was looked for.
const ATTEMPTS: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// Commits a changeset in a statement of its own.
pub(crate) async fn alone(pool: &Pool, changeset: &Changeset) -> Result<Committed, StoreError> {
    let claims = Claims::of(changeset);
    let mut last = Trouble::Unavailable(Cause::new("every attempt met another commit"));
    let deadline = pool.deadline();
    for attempt in 0..ATTEMPTS {
        let pause = FIRST_PAUSE * 2_u32.pow(attempt);
        if attempt > 0 && Instant::now() + pause >= deadline {
            break;
        }
        let answer = if attempt == 0 {
            pool.attempt(Share::Commands, deadline, statement(changeset, &claims)?).await
        } else {
            tokio::time::sleep(pause).await;
            pool.again(Share::Commands, deadline, statement(changeset, &claims)?).await
        };
        pool.learn(&answer, answer.as_ref().is_ok_and(|rows| is_done(rows)));
        match answer {
            Ok(rows) if is_done(&rows) => return Ok(Committed::Done),
            Ok(_) | Err(Trouble::Collision) => {}
            Err(trouble @ (Trouble::Again(_) | Trouble::Unsent(_) | Trouble::ReadOnly(_))) => {
                last = trouble;
                continue;
            }
            Err(trouble) => return Err(trouble.of_write()),
        }
        if let Some(answer) = explain(pool, changeset, &claims).await? {
            return Ok(answer);
        }
    }
    Err(last.of_write())
}

fn is_done(rows: &[PgRow]) -> bool {
    rows.first().is_some_and(|row| row.try_get("done").unwrap_or(false))
}

/// PostgreSQL has no place for U+0000 in a text. No parsed value holds one; these are not parsed.
pub(crate) fn holds_null_character(changeset: &Changeset) -> bool {
    let lines = changeset.history.iter().map(|line| line.command.as_str());
    let events = changeset.events.iter().map(|event| event.id.as_str());
    let outcome =
        changeset.outcome.iter().flat_map(|outcome| [&*outcome.request.command, &*outcome.reply.message]);
    lines.chain(events).chain(outcome).any(|text| text.contains('\0'))
}

/// The claims of a changeset, in the order in which they are locked.
pub(crate) struct Claims<'a> {
    pub(crate) take: BTreeMap<&'a Claim, bool>,
    pub(crate) release: Vec<&'a Claim>,
}

impl<'a> Claims<'a> {
    pub(crate) fn of(changeset: &'a Changeset) -> Self {
        let mut take = BTreeMap::new();
        for wanted in &changeset.take {
            *take.entry(&wanted.claim).or_default() |= wanted.exclusive;
        }
        // Given up and taken at once would meet itself; in the end the client has it.
        let release = changeset.release.iter().filter(|claim| !take.contains_key(claim)).collect();
        Self { take, release }
    }

    fn bind_taken<'q>(&self, statement: Bound<'q>) -> Bound<'q> {
        let kinds: Vec<_> = self.take.keys().map(|claim| claim.kind().name()).collect();
        let digests: Vec<_> = self.take.keys().map(|claim| digest(claim)).collect();
        let exclusive: Vec<_> = self.take.values().copied().collect();
        statement.bind(kinds).bind(digests).bind(exclusive)
    }

    fn bind_released<'q>(&self, statement: Bound<'q>) -> Bound<'q> {
        let kinds: Vec<_> = self.release.iter().map(|claim| claim.kind().name()).collect();
        let digests: Vec<_> = self.release.iter().map(|claim| digest(claim)).collect();
        statement.bind(kinds).bind(digests)
    }
}

fn statement<'q>(changeset: &'q Changeset, claims: &Claims<'_>) -> Result<Bound<'q>, StoreError> {
    let client = changeset.client.as_ref();
    let papers = match client {
        Some(write) => paper_row::written(changeset, write.client())?,
        None => None,
    };
    let text = match (client, &papers) {
        (Some(ClientWrite::Insert(_)), None) => COMMIT_NEW,
        (Some(ClientWrite::Insert(_)), Some(_)) => COMMIT_NEW_PAPERS,
        (Some(ClientWrite::Update { .. }), None) => COMMIT_CHANGE,
        (Some(ClientWrite::Update { .. }), Some(_)) => COMMIT_PAPERS,
        (None, _) => COMMIT_OUTCOME,
    };
    let lines: Vec<_> = changeset.history.iter().collect();
    let events: Vec<_> = changeset.events.iter().collect();
    let bound = bind_events(history_row::bind(sqlx::query(text), &lines), &events);
    let bound = outcome_row::bind(bound, changeset.outcome.as_ref());
    let bound = history_row::bind_papers(bound, &lines);
    let attempt = outcome_row::attempt(changeset.outcome.as_ref());
    let about = outcome_row::client(changeset.outcome.as_ref());
    let Some(write) = client else { return Ok(bound.bind(attempt).bind(about)) };
    let bound = claims.bind_released(claims.bind_taken(bound));
    let bound = client_row::bind(bound, write.client());
    let bound = client_row::bind_activations(bound, write.client());
    let bound = bound.bind(maker_row::written(write.client()));
    let bound = match write {
        ClientWrite::Insert(client) => client_row::fixed::bind(bound, client),
        ClientWrite::Update { read, .. } => bound.bind(read.get().cast_signed()),
    }
    .bind(attempt)
    .bind(about);
    Ok(match papers {
        Some((documents, addresses)) => {
            let replaced = &changeset.replaced;
            let keys: Vec<_> = replaced.iter().map(|candidate| candidate.key.as_str()).collect();
            let since: Vec<_> = replaced.iter().map(|candidate| candidate.since.to_sqlx()).collect();
            bound.bind(documents).bind(addresses).bind(keys).bind(since)
        }
        None => bound,
    })
}

pub(crate) fn bind_events<'q>(statement: Bound<'q>, events: &[&'q OutboxEvent]) -> Bound<'q> {
    statement
        .bind(events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.kind.name()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.client.as_str()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.version.get().cast_signed()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.at.to_sqlx()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.data.to_string()).collect::<Vec<_>>())
}

/// What a key that was used already answers.
pub(crate) fn used(new: &OutcomeRecord, known: OutcomeRecord) -> Committed {
    if known.fingerprint == new.fingerprint {
        Committed::Replayed(Box::new(known))
    } else {
        Committed::KeyReused
    }
}

/// Why the commit was not done, in the order in which the port tells it; nothing if the reason is gone.
async fn explain(
    pool: &Pool,
    changeset: &Changeset,
    claims: &Claims<'_>,
) -> Result<Option<Committed>, StoreError> {
    let client = changeset.client.as_ref().map(ClientWrite::client);
    let request = changeset.outcome.as_ref().map(|outcome| &outcome.request);
    let rows = pool
        .read(Share::CommandReads, || {
            let bound = outcome_row::bind_key(sqlx::query(EXPLAIN_REFUSAL), request)
                .bind(client.map(|client| client.key().as_str()))
                .bind(client.map(|client| client.id().get()));
            claims.bind_taken(bound)
        })
        .await
        // Whatever stands in the way of looking: nothing was written.
        .map_err(|trouble| match trouble.of_read() {
            StoreError::TimedOut(cause) => StoreError::Unavailable(cause),
            other => other,
        })?;
    let Some(row) = rows.first() else { return Ok(None) };

    if let (Some(new), Some(known)) = (&changeset.outcome, outcome_row::read(row, request)?) {
        return Ok(Some(used(new, known)));
    }
    let columns = Columns { row, table: "client" };
    let there = columns
        .known_optional("client_version", |number: i64| u64::try_from(number).ok().and_then(Version::new))?;
    match &changeset.client {
        Some(ClientWrite::Insert(_)) if there.is_some() || columns.get("number_taken")? => {
            return Err(corrupt("a new client whose key or id is taken"));
        }
        Some(ClientWrite::Update { read, .. }) if there != Some(*read) => return Ok(Some(Committed::Stale)),
        _ => {}
    }
    let rivals: BTreeSet<_> =
        columns.known("rivals", |names: Vec<String>| names.iter().map(|name| kind(name)).collect())?;
    Ok((!rivals.is_empty()).then_some(Committed::ClaimTaken(rivals)))
}

/// The kind of claim with this name.
pub(crate) fn kind(name: &str) -> Option<ClaimKind> {
    ClaimKind::ALL.into_iter().find(|kind| kind.name() == name)
}
