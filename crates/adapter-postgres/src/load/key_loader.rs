//! Clients by key, in batches.

use std::collections::HashMap;

use client_app::ports::{FoundClient, StoreError};
use client_domain::value::ClientKey;
use concurrency::batcher::{self, Batcher, Member};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::error::DbError;
use crate::pool::metrics::batched;
use crate::pool::{Pool, Share};
use crate::rows::ending;
use crate::sql::{FIND_BY_KEY, FIND_BY_KEYS, Statement};

type Answer = Result<Option<FoundClient>, StoreError>;

/// Reads clients and their endings by key, in batches.
///
/// The statement of a batch begins after every member has asked, so each sees what was committed before. Where it fails,
/// each member is read again by itself, so that a corrupt row fails only the callers of its client.
#[derive(Debug, Default)]
pub(crate) struct KeyLoader(Batcher<ClientKey, Answer>);

impl KeyLoader {
    /// The client with this key.
    pub(crate) async fn find(&self, pool: &Pool, key: &ClientKey) -> Answer {
        match self.0.submit(key.clone(), |batch| load(pool, batch)).await {
            batcher::Answer::Given(answer) => answer,
            // The second attempt that every read has.
            batcher::Answer::NotDone | batcher::Answer::Unknown => {
                found(pool.retry(Share::KeyReads, pool.deadline(), by_key(key)).await)
            }
        }
    }
}

fn found(rows: Result<Vec<PgRow>, DbError>) -> Answer {
    rows.map_err(DbError::of_read)?.first().map(ending::read_found).transpose()
}

fn by_key(key: &ClientKey) -> Statement<'_> {
    sqlx::query(FIND_BY_KEY).bind(key.as_str())
}

async fn load(pool: &Pool, batch: Vec<Member<ClientKey, Answer>>) {
    batched("find", batch.len());
    let batch = match <[_; 1]>::try_from(batch) {
        Ok([member]) => {
            let answer = found(pool.read(Share::KeyReads, || by_key(&member.request)).await);
            return member.answer(answer);
        }
        Err(batch) => batch,
    };
    let keys: Vec<_> = batch.iter().map(|member| member.request.as_str()).collect();
    let statement = sqlx::query(FIND_BY_KEYS).bind(keys);
    let rows = match pool.attempt(Share::KeyReads, pool.deadline(), statement).await {
        Ok(rows) => rows,
        // A server that did not answer one statement does not get one for each member at the same time.
        Err(error @ (DbError::NoAnswer(_) | DbError::Unavailable(_))) => {
            for member in batch {
                member.answer(Err(error.clone().of_read()));
            }
            return;
        }
        Err(_) => return batch.into_iter().for_each(Member::not_done),
    };
    let rows: HashMap<&str, &PgRow> =
        rows.iter().filter_map(|row| row.try_get("client_key").ok().map(|key| (key, row))).collect();
    for member in batch {
        let client = rows.get(member.request.as_str()).map(|row| ending::read_found(row)).transpose();
        member.answer(client);
    }
}
