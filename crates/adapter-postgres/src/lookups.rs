//! Look-ups of clients by key that go to the server together.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use client_app::ports::StoreError;
use client_domain::Client;
use client_domain::value::ClientKey;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use crate::client_row;
use crate::pool::{self, Bound, Pool};
use crate::statements::reads::{FIND_BY_KEY, FIND_BY_KEYS};
use crate::trouble::Trouble;

/// How many statements are under way at once, as long as each is answered in time. Each costs two messages, however many
/// clients it finds.
const STATEMENTS: usize = 1;
/// For how long one waits for the statement under way. A server or a connection that is slow holds up one statement and
/// not everybody.
const PATIENCE: Duration = Duration::from_millis(10);
/// How many clients one statement finds at most.
const MOST: usize = 64;

type Answer = Result<Option<Client>, StoreError>;

/// Look-ups that wait for their turn.
///
/// Whoever has the turn takes all that wait and asks for them in one statement; nobody waits for others to come. A
/// statement begins after all that it answers were asked, so each sees what was committed before. Where it fails, each
/// is asked again by itself, so that nobody gets what is wrong with another.
pub(crate) struct Lookups {
    waiting: Mutex<Vec<Waiting>>,
    turns: Semaphore,
}

struct Waiting {
    key: ClientKey,
    answer: oneshot::Sender<Answer>,
}

impl Default for Lookups {
    fn default() -> Self {
        Self { waiting: Mutex::default(), turns: Semaphore::new(STATEMENTS) }
    }
}

impl fmt::Debug for Lookups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookups").finish_non_exhaustive()
    }
}

impl Lookups {
    /// The client with this key.
    pub(crate) async fn find(&self, pool: &Pool, key: &ClientKey) -> Answer {
        let (answer, mut answered) = oneshot::channel();
        lock(&self.waiting).push(Waiting { key: key.clone(), answer });
        loop {
            let turn = tokio::select! {
                biased;
                answer = &mut answered => return or_alone(pool, key, answer).await,
                turn = timeout(PATIENCE, self.turns.acquire()) => turn,
            };
            let together = self.take();
            if together.is_empty() {
                // Somebody else has taken this one along.
                drop(turn);
                return or_alone(pool, key, answered.await).await;
            }
            // As a rule with this one among them; where too many came before, it is for the next time.
            ask(pool, together).await;
        }
    }

    fn take(&self) -> Vec<Waiting> {
        let mut waiting = lock(&self.waiting);
        // Who has stopped waiting is not asked for.
        waiting.retain(|one| !one.answer.is_closed());
        let count = waiting.len().min(MOST);
        waiting.drain(..count).collect()
    }
}

/// The answer, or where whoever had taken it along has none, one of its own.
async fn or_alone(pool: &Pool, key: &ClientKey, answer: Result<Answer, oneshot::error::RecvError>) -> Answer {
    match answer {
        Ok(answer) => answer,
        // The second attempt that every read has.
        Err(_) => found(pool::again(pool, by_key(key)).await),
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

async fn ask(pool: &Pool, together: Vec<Waiting>) {
    let together = match <[Waiting; 1]>::try_from(together) {
        Ok([Waiting { key, answer }]) => {
            let _gone = answer.send(alone(pool, &key).await);
            return;
        }
        Err(several) => several,
    };
    let keys: Vec<_> = together.iter().map(|one| one.key.as_str()).collect();
    // Without an answer, each of them asks again alone.
    let Ok(rows) = pool::attempt(pool, sqlx::query(FIND_BY_KEYS).bind(keys)).await else { return };
    let rows: HashMap<&str, &PgRow> =
        rows.iter().filter_map(|row| row.try_get("client_key").ok().map(|key| (key, row))).collect();
    for Waiting { key, answer } in together {
        let _gone = answer.send(rows.get(key.as_str()).map(|row| client_row::read(row)).transpose());
    }
}

fn lock(waiting: &Mutex<Vec<Waiting>>) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
