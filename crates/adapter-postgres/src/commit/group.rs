//! Group commit.

use std::collections::HashSet;
use std::sync::Arc;

use client_app::ports::{Changeset, ClientWrite, Committed, StoreError};
use client_domain::Client;
use client_domain::value::TransactionReference;
use concurrency::batcher::{self, Batcher, Member};
use sqlx::Row as _;
use trace_context::TraceParent;
use tracing::{Instrument as _, Span, debug_span};

use super::claims::Claims;
use super::{explain, single};
use crate::error::{Cause, DbError, corrupt};
use crate::load::CommandLoader;
use crate::pool::Pool;
use crate::pool::metrics::batched;
use crate::rows::claim::digest;
use crate::rows::{client, client_fixed, event, history, makers, outcome};
use crate::sql::{COMMIT_GROUP, Statement};

type Answer = Result<Committed, StoreError>;

/// Group commit: commits that arrive at the same time share a statement.
///
/// A member whose version is stale, whose request key was used or whose claim belongs to another client is not written,
/// while every other member is. Such a member is committed once more in a statement of its own, which finds the cause. So
/// is every member if the statement fails because of one of them: a rejected member does not fail its batch.
#[derive(Debug)]
pub(crate) struct GroupCommit {
    batcher: Batcher<GroupMember, Answer>,
    loader: Arc<CommandLoader>,
}

impl GroupCommit {
    pub(crate) fn new(loader: Arc<CommandLoader>) -> Self {
        Self { batcher: Batcher::default(), loader }
    }

    /// Commits a changeset, in a batch where it can be a member of one.
    ///
    /// What not every member does is boxed: the task of each commit is as large as the largest of its steps, and is moved
    /// several times before it runs.
    pub(crate) async fn commit(&self, pool: &Pool, changeset: Arc<Changeset>) -> Answer {
        if holds_null_character(&changeset) {
            return Err(corrupt("a text with U+0000"));
        }
        pool.circuit().admit().map_err(DbError::of_write)?;
        let Some(member) = GroupMember::of(&changeset) else {
            return Box::pin(single::commit(pool, &changeset)).await;
        };
        let led = |batch: Vec<Member<_, _>>| {
            let span = span_of(&batch);
            Box::pin(commit(pool, batch).instrument(span))
        };
        match self.batcher.submit(member, led).await {
            batcher::Answer::Given(answer) => answer,
            batcher::Answer::NotDone => match Box::pin(self.conflict(pool, &changeset)).await {
                Some(answer) => answer,
                None => Box::pin(single::commit(pool, &changeset)).await,
            },
            batcher::Answer::Unknown => {
                Err(DbError::NoAnswer(Cause::new("the batch of a commit")).of_write())
            }
        }
    }

    /// The answer to an update that its batch did not write because of a version conflict, where that is the cause. Of very
    /// many updates of one client each batch writes one; the others learn their answer by a read that they share.
    async fn conflict(&self, pool: &Pool, changeset: &Changeset) -> Option<Answer> {
        let Some(ClientWrite::Update { client, read }) = &changeset.client else { return None };
        let new = changeset.outcome.as_ref();
        let loaded = match self.loader.load(pool, client.key(), new.map(|outcome| &outcome.request)).await {
            Ok(loaded) => loaded,
            // A statement that reads no client may find another cause.
            Err(StoreError::Corrupt { .. }) => return None,
            // Nothing was written.
            Err(StoreError::TimedOut(cause)) => return Some(Err(StoreError::Unavailable(cause))),
            Err(error) => return Some(Err(error)),
        };
        if let (Some(new), Some(known)) = (new, loaded.outcome) {
            return Some(Ok(explain::used(new, known)));
        }
        (loaded.client.is_none_or(|client| client.version() != *read)).then_some(Ok(Committed::Stale))
    }
}

/// A changeset that may share a statement: of one client, without documents and addresses.
#[derive(Clone, Debug)]
pub(super) struct GroupMember(Arc<Changeset>, Option<TraceParent>);

impl GroupMember {
    /// This changeset, if it may share a statement.
    pub(super) fn of(changeset: &Arc<Changeset>) -> Option<Self> {
        let key = changeset.client.as_ref()?.client().key();
        let may_share = changeset.documents.is_empty()
            && changeset.addresses.is_empty()
            && changeset.replaced.is_empty()
            && changeset.history.iter().all(|line| line.event.key == *key)
            && changeset.events.iter().all(|event| event.client == *key);
        may_share.then(|| Self(changeset.clone(), trace_context::current()))
    }

    fn client(&self) -> Option<&Client> {
        self.0.client.as_ref().map(ClientWrite::client)
    }

    /// The version that was read; none for a new client.
    fn read(&self) -> Option<i64> {
        match self.0.client.as_ref()? {
            ClientWrite::Insert(_) => None,
            ClientWrite::Update { read, .. } => Some(read.get().cast_signed()),
        }
    }
}

/// The span of a batch, in the trace of its leader; it names the traces of its members.
fn span_of(batch: &[Member<GroupMember, Answer>]) -> Span {
    let span = debug_span!(
        target: trace_context::INNER,
        "batch",
        otel.name = "group commit",
        db.operation.batch.size = batch.len(),
    );
    if !span.is_disabled() {
        batch
            .iter()
            .filter_map(|member| member.request.1)
            .for_each(|trace| trace_context::link(&span, trace));
    }
    span
}

async fn commit(pool: &Pool, members: Vec<Member<GroupMember, Answer>>) {
    let mut clients = HashSet::new();
    // A statement can write a client once. The first member of a client stays; each other one is committed alone.
    let (batch, others): (Vec<_>, Vec<_>) = members.into_iter().partition(|member| {
        member.request.client().is_some_and(|client| clients.insert(client.key().clone()))
    });
    others.into_iter().for_each(Member::not_done);
    let batch = match <[_; 1]>::try_from(batch) {
        Ok([member]) => {
            batched("commit", 1);
            let answer = single::commit(pool, &member.request.0).await;
            return member.answer(answer);
        }
        Err(batch) => batch,
    };
    batched("commit", batch.len());
    let changesets: Vec<_> = batch.iter().map(|member| member.request.clone()).collect();
    let deadline = pool.deadline();
    let lease = match pool.lease_for_batch(deadline).await {
        Ok(lease) => lease,
        Err(error) => return fail(batch, &error),
    };
    let answer = pool.run(lease, deadline, statement(&changesets)).await;
    pool.record(&answer, answer.as_ref().is_ok_and(|rows| !rows.is_empty()));
    match answer {
        Ok(rows) => {
            let done: HashSet<&str> = rows.iter().filter_map(|row| row.try_get("client_key").ok()).collect();
            for member in batch {
                if member.request.client().is_some_and(|client| done.contains(client.key().as_str())) {
                    member.answer(Ok(Committed::Done));
                } else {
                    member.not_done();
                }
            }
        }
        // The outcome of a lost statement is unknown, and a second attempt could write it twice. A server that is too slow for
        // one statement is too slow for one statement for each member.
        Err(error @ (DbError::ConnectionLost(_) | DbError::NoAnswer(_) | DbError::StatementTimeout(_))) => {
            fail(batch, &error);
        }
        // Nothing was written.
        Err(_) => batch.into_iter().for_each(Member::not_done),
    }
}

fn fail(batch: Vec<Member<GroupMember, Answer>>, error: &DbError) {
    for member in batch {
        member.answer(Err(error.clone().of_write()));
    }
}

/// The statement of a batch. The parameters are bound in the order in which the file names them.
pub(super) fn statement(batch: &[GroupMember]) -> Statement<'_> {
    let lines: Vec<_> = batch.iter().flat_map(|member| &member.0.history).collect();
    let events: Vec<_> = batch.iter().flat_map(|member| &member.0.events).collect();
    let outcomes: Vec<_> = batch.iter().map(|member| member.0.outcome.as_ref()).collect();
    let clients: Vec<_> = batch.iter().filter_map(GroupMember::client).collect();
    let bound = event::bind(history::bind(sqlx::query(COMMIT_GROUP), &lines), &events);
    let bound = bind_claims(outcome::bind_all(bound, &outcomes), batch);
    client_fixed::bind_all(client::bind_all(bound, &clients), &clients)
        .bind(clients.iter().map(|client| activations(client)).collect::<Vec<_>>())
        .bind(clients.iter().map(|client| makers::to_json(client)).collect::<Vec<_>>())
        .bind(batch.iter().map(GroupMember::read).collect::<Vec<_>>())
        .bind(clients.iter().map(|client| client::former(client)).collect::<Vec<_>>())
}

/// PostgreSQL has no arrays of arrays of different lengths, so a list within a row is JSON.
fn activations(client: &Client) -> String {
    let references = client.snapshot().activations.iter().map(TransactionReference::as_str);
    references.collect::<serde_json::Value>().to_string()
}

fn bind_claims<'q>(statement: Statement<'q>, batch: &'q [GroupMember]) -> Statement<'q> {
    let (mut keys, mut kinds, mut digests, mut exclusive) = (vec![], vec![], vec![], vec![]);
    let (mut keys_released, mut kinds_released, mut digests_released) = (vec![], vec![], vec![]);
    for member in batch {
        let Some(client) = member.client() else { continue };
        let claims = Claims::of(&member.0);
        for (claim, is_exclusive) in claims.take {
            keys.push(client.key().as_str());
            kinds.push(claim.kind().name());
            digests.push(digest(claim));
            exclusive.push(is_exclusive);
        }
        for claim in claims.release {
            keys_released.push(client.key().as_str());
            kinds_released.push(claim.kind().name());
            digests_released.push(digest(claim));
        }
    }
    let statement = statement.bind(keys).bind(kinds).bind(digests).bind(exclusive);
    statement.bind(keys_released).bind(kinds_released).bind(digests_released)
}

/// PostgreSQL has no place for U+0000 in a text. No parsed value holds one; these are not parsed.
fn holds_null_character(changeset: &Changeset) -> bool {
    let lines = changeset.history.iter().map(|line| line.command.as_str());
    let events = changeset.events.iter().map(|event| event.id.as_str());
    let outcome =
        changeset.outcome.iter().flat_map(|outcome| [&*outcome.request.command, &*outcome.reply.message]);
    lines.chain(events).chain(outcome).any(|text| text.contains('\0'))
}
