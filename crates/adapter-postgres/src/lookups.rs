//! Look-ups of clients by key that go to the server together.

use std::collections::HashMap;

use client_app::ports::StoreError;
use client_domain::Client;
use client_domain::value::ClientKey;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::client_row;
use crate::pool::{self, Bound, Pool};
use crate::statements::reads::{FIND_BY_KEY, FIND_BY_KEYS};
use crate::together::{Together, Waiting};
use crate::trouble::Trouble;

type Answer = Result<Option<Client>, StoreError>;

/// Look-ups that wait for their turn.
///
/// A statement begins after all that it answers were asked, so each sees what was committed before. Where it fails, each
/// is asked again by itself, so that nobody gets what is wrong with another.
#[derive(Debug, Default)]
pub(crate) struct Lookups(Together<ClientKey, Answer>);

impl Lookups {
    /// The client with this key.
    pub(crate) async fn find(&self, pool: &Pool, key: &ClientKey) -> Answer {
        match self.0.ask(key.clone(), |together| ask(pool, together)).await {
            Some(answer) => answer,
            // The second attempt that every read has.
            None => found(pool::again(pool, by_key(key)).await),
        }
    }
}

async fn alone(pool: &Pool, key: &ClientKey) -> Answer {
    found(pool::read(pool, || by_key(key)).await)
}

fn found(rows: Result<Vec<PgRow>, Trouble>) -> Answer {
    let rows = rows.map_err(|trouble| trouble.of_read())?;
    rows.first().map(client_row::read).transpose()
}

fn by_key(key: &ClientKey) -> Bound<'_> {
    sqlx::query(FIND_BY_KEY).bind(key.as_str())
}

async fn ask(pool: &Pool, together: Vec<Waiting<ClientKey, Answer>>) {
    let together = match <[_; 1]>::try_from(together) {
        Ok([one]) => {
            let answer = alone(pool, &one.asked).await;
            return one.answer(answer);
        }
        Err(several) => several,
    };
    let keys: Vec<_> = together.iter().map(|one| one.asked.as_str()).collect();
    // Without an answer, each of them asks again alone.
    let Ok(rows) = pool::attempt(pool, sqlx::query(FIND_BY_KEYS).bind(keys)).await else { return };
    let rows: HashMap<&str, &PgRow> =
        rows.iter().filter_map(|row| row.try_get("client_key").ok().map(|key| (key, row))).collect();
    for one in together {
        let client = rows.get(one.asked.as_str()).map(|row| client_row::read(row)).transpose();
        one.answer(client);
    }
}
