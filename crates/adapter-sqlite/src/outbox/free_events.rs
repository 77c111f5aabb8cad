//! The events that a relay may take: those of one client in their order, and of every client in turn.

use client_app::ports::StoreError;
use jiff::Timestamp;
use rusqlite::Connection;

use super::queue::Queue;
use crate::error::Failure;
use crate::parameters::to_i64;
use crate::sql::{NEXT_OPEN_CLIENT, NEXT_WAITING_CLIENT, OPEN_EVENTS, WAITING_EVENTS};

const TABLE: &str = "client_outbox";
/// How many clients a relay reads in one transaction, so that commits do not wait for it.
const MAX_CLIENTS: usize = 2_000;

/// An event that is free, and all earlier open ones of its client with it.
pub(super) struct FreeEvent {
    /// How many open events of its client come before it.
    pub(super) place: usize,
    pub(super) client: String,
    pub(super) version: i64,
    pub(super) id: String,
}

/// The free events of clients, client by client.
pub(super) struct Walk {
    events: Vec<FreeEvent>,
    /// The last client that was read.
    pub(super) last: Option<String>,
}

impl Walk {
    /// The first events of clients before their second ones.
    pub(super) fn first(&self, limit: usize) -> impl Iterator<Item = &FreeEvent> {
        let mut events: Vec<_> = self.events.iter().collect();
        events.sort_by_key(|event| event.place);
        events.into_iter().take(limit)
    }
}

/// Goes from client to client over the index of open events, after `begin` and round to it, until enough clients have a
/// free event.
pub(super) fn walk(
    connection: &Connection,
    queue: &Queue,
    begin: &str,
    limit: usize,
    now: Timestamp,
) -> Result<Walk, Failure> {
    let mut walk = Walk { events: Vec::new(), last: None };
    let (mut after, mut is_round, mut found) = (begin.to_owned(), false, 0);
    for _ in 0..MAX_CLIENTS {
        if found == limit {
            break;
        }
        let client = match next_client(connection, queue, &after)? {
            Some(client) if is_round && *client > *begin => break,
            Some(client) => client,
            None if is_round => break,
            None => {
                is_round = true;
                after.clear();
                continue;
            }
        };
        let free = free_events(connection, queue, &client, limit, now)?;
        found += usize::from(!free.is_empty());
        walk.events.extend(free);
        walk.last = Some(client.clone());
        after = client;
    }
    Ok(walk)
}

fn next_client(connection: &Connection, queue: &Queue, after: &str) -> Result<Option<String>, Failure> {
    let after = queue.parameters().with(":after", after);
    let next = queue.statement(NEXT_OPEN_CLIENT, NEXT_WAITING_CLIENT);
    after.first(connection, (TABLE, next), |columns| columns.get("client_key"))
}

/// The first open events of a client, up to the first one that is not free.
fn free_events(
    connection: &Connection,
    queue: &Queue,
    client: &str,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<FreeEvent>, Failure> {
    let parameters =
        queue.parameters().with(":client_key", client).with(":now", now).with(":limit", to_i64(limit));
    let mut place = 0;
    let events =
        parameters.rows(connection, (TABLE, queue.statement(OPEN_EVENTS, WAITING_EVENTS)), |columns| {
            let event = FreeEvent {
                place,
                client: columns.get("client_key")?,
                version: columns.get("version")?,
                id: columns.get("event_id")?,
            };
            place += 1;
            Ok::<_, StoreError>((columns.get::<bool>("free")?, event))
        })?;
    Ok(events.into_iter().take_while(|(free, _)| *free).map(|(_, event)| event).collect())
}
