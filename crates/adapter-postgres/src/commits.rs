//! Commits that go to the server together.

use std::collections::HashSet;
use std::sync::Arc;

use client_app::ports::{Changeset, ClientWrite, Committed, StoreError};
use client_domain::Client;
use client_domain::value::TransactionReference;
use sqlx::Row as _;

use crate::commit::{self, Claims, bind_events};
use crate::digest::digest;
use crate::pool::{self, Bound, Pool};
use crate::statements::several::COMMIT_SEVERAL;
use crate::together::{Together, Waiting};
use crate::trouble::{Trouble, corrupt};
use crate::{client_row, history_row, outcome_row};

type Answer = Result<Committed, StoreError>;

/// Commits that wait for their turn.
///
/// Those whose version is stale, whose key was used or whose claim is another's are not written, while all others are.
/// Each that was not is committed once more in a statement of its own, which tells why. So is each if something that one
/// of them wants made the statement fail: nobody gets what is wrong with another.
#[derive(Debug, Default)]
pub(crate) struct Commits(Together<Plain, Answer>);

impl Commits {
    /// Commits a changeset, where it can be together with those that come at the same time.
    pub(crate) async fn commit(&self, pool: &Pool, changeset: Changeset) -> Answer {
        if commit::holds_null_character(&changeset) {
            return Err(corrupt("a text with U+0000"));
        }
        let changeset = Arc::new(changeset);
        let answer = match Plain::of(&changeset) {
            Some(plain) => self.0.ask(plain, |together| commit(pool, together)).await,
            None => None,
        };
        match answer {
            Some(answer) => answer,
            None => commit::alone(pool, &changeset).await,
        }
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

async fn commit(pool: &Pool, mut together: Vec<Waiting<Plain, Answer>>) {
    let mut clients = HashSet::new();
    // Of one client only one change can be done, and which is not for the statement to choose. Without an answer, the
    // others are committed alone.
    together.retain(|one| one.asked.client().is_some_and(|client| clients.insert(client.key().clone())));
    let together = match <[_; 1]>::try_from(together) {
        Ok([one]) => {
            let answer = commit::alone(pool, &one.asked.0).await;
            return one.answer(answer);
        }
        Err(several) => several,
    };
    let changesets: Vec<_> = together.iter().map(|one| one.asked.clone()).collect();
    let session = match pool::session(pool).await {
        Ok(session) => session,
        Err(trouble) => return tell(together, &trouble),
    };
    match pool::on(pool, session, statement(&changesets)).await {
        Ok(rows) => {
            let done: HashSet<&str> = rows.iter().filter_map(|row| row.try_get("client_key").ok()).collect();
            for one in together {
                if one.asked.client().is_some_and(|client| done.contains(client.key().as_str())) {
                    one.answer(Ok(Committed::Done));
                }
            }
        }
        // Of what was lost nobody knows whether it is written, and whoever tried again could write it twice. A server that
        // has no time for one statement has none for as many as there are of them.
        Err(trouble @ (Trouble::Lost(_) | Trouble::GaveUp(_))) => tell(together, &trouble),
        // Nothing was written, and without an answer each of them tries again alone.
        Err(_) => {}
    }
}

fn tell(together: Vec<Waiting<Plain, Answer>>, trouble: &Trouble) {
    for one in together {
        one.answer(Err(trouble.clone().of_write()));
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
    client_row::bind_all(bind_claims(bound, several), &clients)
        .bind(activations)
        .bind(several.iter().map(Plain::read).collect::<Vec<_>>())
        .bind(outcomes.iter().map(|outcome| outcome_row::attempt(*outcome)).collect::<Vec<_>>())
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
