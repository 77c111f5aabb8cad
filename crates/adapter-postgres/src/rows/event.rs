//! Events as a commit writes them into `client_outbox`.

use crate::time::ToSql as _;
use client_app::ports::OutboxEvent;

use crate::sql::Statement;

/// Binds events with one array a column.
pub(crate) fn bind<'q>(statement: Statement<'q>, events: &[&'q OutboxEvent]) -> Statement<'q> {
    statement
        .bind(events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.kind.name()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.client.as_str()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.version.get().cast_signed()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.at.to_sql()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.data.to_string()).collect::<Vec<_>>())
}
