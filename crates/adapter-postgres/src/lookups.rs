//! Look-ups of clients by key, in batches.

use std::collections::HashMap;

use client_app::ports::StoreError;
use client_domain::Client;
use client_domain::value::ClientKey;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use turns::batcher::{self, Batcher, Member};

use crate::client_row;
use crate::pool::{Bound, Pool, Share};
use crate::statements::reads::{FIND_BY_KEY, FIND_BY_KEYS};
use crate::trouble::Trouble;

type Answer = Result<Option<Client>, StoreError>;

/// Look-ups that wait for a batch.
///
/// A statement begins after all that it answers were asked, so each sees what was committed before. Where it fails, each
/// is asked again by itself, so that a row that cannot be read fails only those who want it.
#[derive(Debug, Default)]
pub(crate) struct Lookups(Batcher<ClientKey, Answer>);

impl Lookups {
    /// The client with this key.
    pub(crate) async fn find(&self, pool: &Pool, key: &ClientKey) -> Answer {
        match self.0.ask(key.clone(), |batch| ask(pool, batch)).await {
            batcher::Answer::Given(answer) => answer,
            // The second attempt that every read has.
            batcher::Answer::NotDone | batcher::Answer::Unknown => {
                found(pool.again(Share::LookUps, pool.deadline(), by_key(key)).await)
            }
        }
    }
}

async fn alone(pool: &Pool, key: &ClientKey) -> Answer {
    found(pool.read(Share::LookUps, || by_key(key)).await)
}

fn found(rows: Result<Vec<PgRow>, Trouble>) -> Answer {
    let rows = rows.map_err(|trouble| trouble.of_read())?;
    rows.first().map(client_row::read).transpose()
}

fn by_key(key: &ClientKey) -> Bound<'_> {
    sqlx::query(FIND_BY_KEY).bind(key.as_str())
}

async fn ask(pool: &Pool, batch: Vec<Member<ClientKey, Answer>>) {
    let batch = match <[_; 1]>::try_from(batch) {
        Ok([member]) => {
            let answer = alone(pool, &member.asked).await;
            return member.answer(answer);
        }
        Err(batch) => batch,
    };
    let keys: Vec<_> = batch.iter().map(|member| member.asked.as_str()).collect();
    let statement = sqlx::query(FIND_BY_KEYS).bind(keys);
    let rows = match pool.attempt(Share::LookUps, pool.deadline(), statement).await {
        Ok(rows) => rows,
        // A server that was silent to one statement is not asked again for every member at once.
        Err(trouble @ (Trouble::Silent(_) | Trouble::Unavailable(_))) => {
            for member in batch {
                member.answer(Err(trouble.clone().of_read()));
            }
            return;
        }
        Err(_) => return batch.into_iter().for_each(Member::not_done),
    };
    let rows: HashMap<&str, &PgRow> =
        rows.iter().filter_map(|row| row.try_get("client_key").ok().map(|key| (key, row))).collect();
    for member in batch {
        let client = rows.get(member.asked.as_str()).map(|row| client_row::read(row)).transpose();
        member.answer(client);
    }
}
