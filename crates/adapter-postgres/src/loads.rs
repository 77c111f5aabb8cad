//! What commands read, in batches.

use client_app::ports::{Loaded, RequestKey, StoreError};
use client_domain::value::ClientKey;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::batcher::{self, Batcher, Member};
use crate::pool::{Bound, Pool, Share};
use crate::statements::reads::{LOAD_BY_KEY, LOAD_SEVERAL};
use crate::trouble::Trouble;
use crate::{client_row, outcome_row};

type Answer = Result<Loaded, StoreError>;
type Asked = (ClientKey, Option<RequestKey>);

/// Loads that wait for a batch.
///
/// Commands have a part of the connections, and a thousand of them about one client read it twice each: before they decide,
/// and after another was faster. A statement begins after all that it answers were asked, so each sees what was committed
/// before. Where it fails, each is asked again by itself.
#[derive(Debug, Default)]
pub(crate) struct Loads(Batcher<Asked, Answer>);

impl Loads {
    /// The client with this key, and the outcome of this request.
    pub(crate) async fn load(&self, pool: &Pool, key: &ClientKey, request: Option<&RequestKey>) -> Answer {
        let asked = (key.clone(), request.cloned());
        match self.0.ask(asked, |batch| ask(pool, batch)).await {
            batcher::Answer::Given(answer) => answer,
            // The second attempt that every read has.
            batcher::Answer::NotDone | batcher::Answer::Unknown => {
                let rows = pool.again(Share::CommandReads, pool.deadline(), by_key(key, request)).await;
                only(rows, request)
            }
        }
    }
}

/// A client and an outcome, where the row has them.
pub(crate) fn loaded(row: &PgRow, request: Option<&RequestKey>) -> Answer {
    Ok(Loaded { client: client_row::read_optional(row)?, outcome: outcome_row::read(row, request)? })
}

fn only(rows: Result<Vec<PgRow>, Trouble>, request: Option<&RequestKey>) -> Answer {
    let rows = rows.map_err(Trouble::of_read)?;
    rows.first().map_or_else(|| Ok(Loaded::default()), |row| loaded(row, request))
}

fn by_key<'q>(key: &'q ClientKey, request: Option<&'q RequestKey>) -> Bound<'q> {
    outcome_row::bind_key(sqlx::query(LOAD_BY_KEY).bind(key.as_str()), request)
}

async fn ask(pool: &Pool, batch: Vec<Member<Asked, Answer>>) {
    let batch = match <[_; 1]>::try_from(batch) {
        Ok([member]) => {
            let (key, request) = &member.asked;
            let rows = pool.read(Share::CommandReads, || by_key(key, request.as_ref())).await;
            let answer = only(rows, request.as_ref());
            return member.answer(answer);
        }
        Err(batch) => batch,
    };
    match pool.attempt(Share::CommandReads, pool.deadline(), several(&batch)).await {
        Ok(rows) => answer(batch, &rows),
        // A server that was silent to one statement is not asked again for every member at once.
        Err(trouble @ (Trouble::Silent(_) | Trouble::Unavailable(_))) => {
            for member in batch {
                member.answer(Err(trouble.clone().of_read()));
            }
        }
        Err(_) => batch.into_iter().for_each(Member::not_done),
    }
}

fn several(batch: &[Member<Asked, Answer>]) -> Bound<'_> {
    let of_request = |part: fn(&RequestKey) -> &str| -> Vec<Option<&str>> {
        batch.iter().map(|member| member.asked.1.as_ref().map(part)).collect()
    };
    sqlx::query(LOAD_SEVERAL)
        .bind(batch.iter().map(|member| member.asked.0.as_str()).collect::<Vec<_>>())
        .bind(of_request(|request| request.actor.as_str()))
        .bind(of_request(|request| request.command.as_str()))
        .bind(of_request(|request| request.key.as_str()))
}

/// Tells each member its row, which carries its place in the batch.
fn answer(batch: Vec<Member<Asked, Answer>>, rows: &[PgRow]) {
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
                let answer = loaded(row, member.asked.1.as_ref());
                member.answer(answer);
            }
            None => member.not_done(),
        }
    }
}
