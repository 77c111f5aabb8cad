//! Commits with somebody new that go to the server together.

use std::collections::HashSet;
use std::sync::Arc;

use client_app::ports::{Changeset, ClientWrite, Committed, StoreError};
use client_domain::Client;
use sqlx::Row as _;

use crate::commit::{self, Claims, bind_events};
use crate::digest::digest;
use crate::pool::{self, Bound, Pool};
use crate::statements::creations::COMMIT_SEVERAL_NEW;
use crate::together::{Together, Waiting};
use crate::trouble::Trouble;
use crate::{client_row, history_row, outcome_row};

type Answer = Result<Committed, StoreError>;

/// A changeset with somebody new and nothing that others could not have as well.
#[derive(Clone, Debug)]
pub(crate) struct Creation(Arc<Changeset>);

impl Creation {
    /// This changeset, or given back if it must have a statement of its own: because it has papers, a past, or something
    /// of somebody else.
    pub(crate) fn of(changeset: Changeset) -> Result<Self, Changeset> {
        let Some(ClientWrite::Insert(client)) = &changeset.client else { return Err(changeset) };
        let is_plain = changeset.documents.is_empty()
            && changeset.addresses.is_empty()
            && changeset.release.is_empty()
            && client.snapshot().activations.is_empty()
            && changeset.history.iter().all(|line| line.event.key == *client.key())
            && changeset.events.iter().all(|event| event.client == *client.key());
        if is_plain { Ok(Self(Arc::new(changeset))) } else { Err(changeset) }
    }

    fn client(&self) -> Option<&Client> {
        self.0.client.as_ref().map(ClientWrite::client)
    }
}

/// Commits that wait for their turn.
///
/// What must be told apart is: those whose key was used or whose claim is another's are not written, while all others
/// are, and each that is not is committed once more in a statement of its own, which tells why. So is each if the
/// statement fails: nobody gets what is wrong with another.
#[derive(Debug, Default)]
pub(crate) struct Creations(Together<Creation, Answer>);

impl Creations {
    /// Commits a creation, together with those that come at the same time.
    pub(crate) async fn commit(&self, pool: &Pool, creation: Creation) -> Answer {
        let asked = self.0.ask(creation.clone(), |together| commit(pool, together)).await;
        match asked {
            Some(answer) => answer,
            None => commit::alone(pool, &creation.0).await,
        }
    }
}

async fn commit(pool: &Pool, together: Vec<Waiting<Creation, Answer>>) {
    let together = match <[_; 1]>::try_from(together) {
        Ok([one]) => {
            let answer = commit::alone(pool, &one.asked.0).await;
            return one.answer(answer);
        }
        Err(several) => several,
    };
    let creations: Vec<_> = together.iter().map(|one| one.asked.clone()).collect();
    match pool::attempt(pool, statement(&creations)).await {
        Ok(rows) => {
            let done: HashSet<&str> = rows.iter().filter_map(|row| row.try_get("client_key").ok()).collect();
            for one in together {
                if one.asked.client().is_some_and(|client| done.contains(client.key().as_str())) {
                    one.answer(Ok(Committed::Done));
                }
            }
        }
        // Nobody knows whether they are written, and whoever tried again could write them twice.
        Err(Trouble::Lost(cause)) => {
            for one in together {
                one.answer(Err(Trouble::Lost(cause.clone()).of_write()));
            }
        }
        // Nothing was written, and without an answer each of them tries again alone.
        Err(_) => {}
    }
}

fn statement(creations: &[Creation]) -> Bound<'_> {
    let changesets: Vec<&Changeset> = creations.iter().map(|creation| &*creation.0).collect();
    let lines: Vec<_> = changesets.iter().flat_map(|changeset| &changeset.history).collect();
    let events: Vec<_> = changesets.iter().flat_map(|changeset| &changeset.events).collect();
    let outcomes: Vec<_> = changesets.iter().map(|changeset| changeset.outcome.as_ref()).collect();
    let clients: Vec<_> = creations.iter().filter_map(Creation::client).collect();
    let bound = bind_events(history_row::bind(sqlx::query(COMMIT_SEVERAL_NEW), &lines), &events);
    let bound = history_row::bind_papers(outcome_row::bind_all(bound, &outcomes), &lines);
    client_row::bind_all(bind_claims(bound, creations), &clients)
}

fn bind_claims<'q>(statement: Bound<'q>, creations: &'q [Creation]) -> Bound<'q> {
    let (mut keys, mut kinds, mut digests, mut exclusive) = (vec![], vec![], vec![], vec![]);
    for creation in creations {
        let Some(client) = creation.client() else { continue };
        for (claim, is_exclusive) in Claims::of(&creation.0).take {
            keys.push(client.key().as_str());
            kinds.push(claim.kind().name());
            digests.push(digest(claim));
            exclusive.push(is_exclusive);
        }
    }
    statement.bind(keys).bind(kinds).bind(digests).bind(exclusive)
}
