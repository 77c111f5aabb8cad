//! Commits in batches.

use std::collections::HashSet;
use std::sync::Arc;

use client_app::ports::{Changeset, ClientWrite, Committed, StoreError};
use client_domain::Client;
use client_domain::value::TransactionReference;
use sqlx::Row as _;
use turns::batcher::{self, Batcher, Member};

use crate::commit::{self, Claims, bind_events};
use crate::digest::digest;
use crate::loads::Loads;
use crate::pool::{Bound, Pool};
use crate::statements::several::COMMIT_SEVERAL;
use crate::trouble::{Cause, Trouble, corrupt};
use crate::{client_row, history_row, maker_row, outcome_row};

type Answer = Result<Committed, StoreError>;

/// Commits that wait for a batch.
///
/// Those whose version is stale, whose key was used or whose claim is another's are not written, while all others are.
/// Each that was not is committed once more in a statement of its own, which tells why. So is each if something that one
/// member wants made the statement fail: a rejected member does not fail its batch.
#[derive(Debug)]
pub(crate) struct Commits {
    batcher: Batcher<Plain, Answer>,
    loads: Arc<Loads>,
}

impl Commits {
    pub(crate) fn new(loads: Arc<Loads>) -> Self {
        Self { batcher: Batcher::default(), loads }
    }

    /// Commits a changeset, where it can be in a batch with those that come at the same time.
    pub(crate) async fn commit(&self, pool: &Pool, changeset: Changeset) -> Answer {
        if commit::holds_null_character(&changeset) {
            return Err(corrupt("a text with U+0000"));
        }
        pool.circuit().admit().map_err(Trouble::of_write)?;
        let changeset = Arc::new(changeset);
        let Some(plain) = Plain::of(&changeset) else { return commit::alone(pool, &changeset).await };
        match self.batcher.ask(plain, |batch| commit(pool, batch)).await {
            batcher::Answer::Given(answer) => answer,
            batcher::Answer::NotDone => match self.overtaken(pool, &changeset).await {
                Some(answer) => answer,
                None => commit::alone(pool, &changeset).await,
            },
            batcher::Answer::Unknown => Err(Trouble::Silent(Cause::new("the batch of a commit")).of_write()),
        }
    }

    /// The answer to a change that a batch did not do because another was faster, where that is so. Of very many changes
    /// of one client each batch does one; the others are told by a read that they share.
    async fn overtaken(&self, pool: &Pool, changeset: &Changeset) -> Option<Answer> {
        let Some(ClientWrite::Update { client, read }) = &changeset.client else { return None };
        let new = changeset.outcome.as_ref();
        let loaded = match self.loads.load(pool, client.key(), new.map(|outcome| &outcome.request)).await {
            Ok(loaded) => loaded,
            // A statement that reads no client may tell more.
            Err(StoreError::Corrupt { .. }) => return None,
            // Nothing was written.
            Err(StoreError::TimedOut(cause)) => return Some(Err(StoreError::Unavailable(cause))),
            Err(error) => return Some(Err(error)),
        };
        if let (Some(new), Some(known)) = (new, loaded.outcome) {
            return Some(Ok(commit::used(new, known)));
        }
        (loaded.client.is_none_or(|client| client.version() != *read)).then_some(Ok(Committed::Stale))
    }
}

/// A changeset that needs no statement of its own: of a client without papers, and with nothing of somebody else.
#[derive(Clone, Debug)]
struct Plain(Arc<Changeset>);

impl Plain {
    /// This changeset, if it is plain.
    fn of(changeset: &Arc<Changeset>) -> Option<Self> {
        let key = changeset.client.as_ref()?.client().key();
        let is_plain = changeset.documents.is_empty()
            && changeset.addresses.is_empty()
            && changeset.replaced.is_empty()
            && changeset.history.iter().all(|line| line.event.key == *key)
            && changeset.events.iter().all(|event| event.client == *key);
        is_plain.then(|| Self(changeset.clone()))
    }

    fn client(&self) -> Option<&Client> {
        self.0.client.as_ref().map(ClientWrite::client)
    }

    /// The version that was read, if the client was there before.
    fn read(&self) -> Option<i64> {
        match self.0.client.as_ref()? {
            ClientWrite::Insert(_) => None,
            ClientWrite::Update { read, .. } => Some(read.get().cast_signed()),
        }
    }
}

async fn commit(pool: &Pool, members: Vec<Member<Plain, Answer>>) {
    let mut clients = HashSet::new();
    // Of one client only one change can be done, and which is not for the statement to choose.
    let (batch, others): (Vec<_>, Vec<_>) = members
        .into_iter()
        .partition(|member| member.asked.client().is_some_and(|client| clients.insert(client.key().clone())));
    others.into_iter().for_each(Member::not_done);
    let batch = match <[_; 1]>::try_from(batch) {
        Ok([member]) => {
            let answer = commit::alone(pool, &member.asked.0).await;
            return member.answer(answer);
        }
        Err(batch) => batch,
    };
    let changesets: Vec<_> = batch.iter().map(|member| member.asked.clone()).collect();
    let deadline = pool.deadline();
    let session = match pool.session_for_batch(deadline).await {
        Ok(session) => session,
        Err(trouble) => return tell(batch, &trouble),
    };
    let answer = pool.run(session, deadline, statement(&changesets)).await;
    pool.learn(&answer, answer.as_ref().is_ok_and(|rows| !rows.is_empty()));
    match answer {
        Ok(rows) => {
            let done: HashSet<&str> = rows.iter().filter_map(|row| row.try_get("client_key").ok()).collect();
            for member in batch {
                if member.asked.client().is_some_and(|client| done.contains(client.key().as_str())) {
                    member.answer(Ok(Committed::Done));
                } else {
                    member.not_done();
                }
            }
        }
        // Of what was lost it is not known whether it is written, and a second attempt could write it twice. A server that
        // has no time for one statement has none for as many as there are members.
        Err(trouble @ (Trouble::Lost(_) | Trouble::Silent(_) | Trouble::GaveUp(_))) => tell(batch, &trouble),
        // Nothing was written.
        Err(_) => batch.into_iter().for_each(Member::not_done),
    }
}

fn tell(batch: Vec<Member<Plain, Answer>>, trouble: &Trouble) {
    for member in batch {
        member.answer(Err(trouble.clone().of_write()));
    }
}

fn statement(several: &[Plain]) -> Bound<'_> {
    let lines: Vec<_> = several.iter().flat_map(|plain| &plain.0.history).collect();
    let events: Vec<_> = several.iter().flat_map(|plain| &plain.0.events).collect();
    let outcomes: Vec<_> = several.iter().map(|plain| plain.0.outcome.as_ref()).collect();
    let clients: Vec<_> = several.iter().filter_map(Plain::client).collect();
    let activations: Vec<_> = clients.iter().map(|client| activations(client)).collect();
    let bound = bind_events(history_row::bind(sqlx::query(COMMIT_SEVERAL), &lines), &events);
    let bound = history_row::bind_papers(outcome_row::bind_all(bound, &outcomes), &lines);
    let bound = client_row::bind_all(bind_claims(bound, several), &clients);
    client_row::fixed::bind_all(bound, &clients)
        .bind(activations)
        .bind(clients.iter().map(|client| maker_row::written(client)).collect::<Vec<_>>())
        .bind(several.iter().map(Plain::read).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|outcome| outcome_row::attempt(*outcome)).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|outcome| outcome_row::client(*outcome)).collect::<Vec<_>>())
}

/// An array for each client is no array of PostgreSQL's, so it is JSON on the way.
fn activations(client: &Client) -> String {
    let references = client.snapshot().activations.iter().map(TransactionReference::as_str);
    references.collect::<serde_json::Value>().to_string()
}

fn bind_claims<'q>(statement: Bound<'q>, several: &'q [Plain]) -> Bound<'q> {
    let (mut keys, mut kinds, mut digests, mut exclusive) = (vec![], vec![], vec![], vec![]);
    let (mut keys_before, mut kinds_released, mut digests_released) = (vec![], vec![], vec![]);
    for plain in several {
        let Some(client) = plain.client() else { continue };
        let claims = Claims::of(&plain.0);
        for (claim, is_exclusive) in claims.take {
            keys.push(client.key().as_str());
            kinds.push(claim.kind().name());
            digests.push(digest(claim));
            exclusive.push(is_exclusive);
        }
        for claim in claims.release {
            keys_before.push(client.key().as_str());
            kinds_released.push(claim.kind().name());
            digests_released.push(digest(claim));
        }
    }
    let statement = statement.bind(keys).bind(kinds).bind(digests).bind(exclusive);
    statement.bind(keys_before).bind(kinds_released).bind(digests_released)
}
