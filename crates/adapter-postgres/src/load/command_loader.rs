//! The clients and outcomes that commands need, in batches.

use client_app::ports::{Loaded, RequestKey, StoreError};
use client_domain::value::ClientKey;
use concurrency::batcher::{self, Batcher, Member};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::by_name::loaded;
use crate::error::DbError;
use crate::pool::metrics::batched;
use crate::pool::{Pool, Share};
use crate::rows::outcome;
use crate::sql::{LOAD_BY_KEY, LOAD_BY_KEYS, Statement};

type Answer = Result<Loaded, StoreError>;
/// A client, and the request whose outcome is read with it.
type Request = (ClientKey, Option<RequestKey>);

/// Reads the clients and outcomes that commands need, in batches.
///
/// Commands have a share of the connections, and a thousand commands about one client read it twice each: before they
/// decide, and after a version conflict. The statement of a batch begins after every member has asked, so each sees what
/// was committed before. Where it fails, each member is read again by itself.
#[derive(Debug, Default)]
pub(crate) struct CommandLoader(Batcher<Request, Answer>);

impl CommandLoader {
    /// The client with this key, and the outcome of this request.
    pub(crate) async fn load(&self, pool: &Pool, key: &ClientKey, request: Option<&RequestKey>) -> Answer {
        match self.0.submit((key.clone(), request.cloned()), |batch| load(pool, batch)).await {
            batcher::Answer::Given(answer) => answer,
            // The second attempt that every read has.
            batcher::Answer::NotDone | batcher::Answer::Unknown => {
                let rows = pool.retry(Share::CommandReads, pool.deadline(), by_key(key, request)).await;
                found(rows, request)
            }
        }
    }
}

fn found(rows: Result<Vec<PgRow>, DbError>, request: Option<&RequestKey>) -> Answer {
    let rows = rows.map_err(DbError::of_read)?;
    rows.first().map_or_else(|| Ok(Loaded::default()), |row| loaded(row, request))
}

fn by_key<'q>(key: &'q ClientKey, request: Option<&'q RequestKey>) -> Statement<'q> {
    outcome::bind_key(sqlx::query(LOAD_BY_KEY).bind(key.as_str()), request)
}

async fn load(pool: &Pool, batch: Vec<Member<Request, Answer>>) {
    batched("load", batch.len());
    let batch = match <[_; 1]>::try_from(batch) {
        Ok([member]) => {
            let (key, request) = &member.request;
            let rows = pool.read(Share::CommandReads, || by_key(key, request.as_ref())).await;
            let answer = found(rows, request.as_ref());
            return member.answer(answer);
        }
        Err(batch) => batch,
    };
    match pool.attempt(Share::CommandReads, pool.deadline(), by_keys(&batch)).await {
        Ok(rows) => answer(batch, &rows),
        // A server that did not answer one statement does not get one for each member at the same time.
        Err(error @ (DbError::NoAnswer(_) | DbError::Unavailable(_))) => {
            for member in batch {
                member.answer(Err(error.clone().of_read()));
            }
        }
        Err(_) => batch.into_iter().for_each(Member::not_done),
    }
}

fn by_keys(batch: &[Member<Request, Answer>]) -> Statement<'_> {
    let of_request = |part: fn(&RequestKey) -> &str| -> Vec<Option<&str>> {
        batch.iter().map(|member| member.request.1.as_ref().map(part)).collect()
    };
    sqlx::query(LOAD_BY_KEYS)
        .bind(batch.iter().map(|member| member.request.0.as_str()).collect::<Vec<_>>())
        .bind(of_request(|request| request.actor.as_str()))
        .bind(of_request(|request| request.command.as_str()))
        .bind(of_request(|request| request.key.as_str()))
}

/// Answers each member with its row, which carries its place in the batch.
fn answer(batch: Vec<Member<Request, Answer>>, rows: &[PgRow]) {
    let mut by_place: Vec<Option<&PgRow>> = vec![None; batch.len()];
    for row in rows {
        let place = row.try_get("place").ok().and_then(|place: i64| usize::try_from(place - 1).ok());
        if let Some(slot) = place.and_then(|place| by_place.get_mut(place)) {
            *slot = Some(row);
        }
    }
    for (member, row) in batch.into_iter().zip(by_place) {
        match row {
            Some(row) => {
                let answer = loaded(row, member.request.1.as_ref());
                member.answer(answer);
            }
            None => member.not_done(),
        }
    }
}
