//! Rows of a copy as parameters, with one array a column.

use client_app::ports::{
    DeliveryEnd, Registration, StoredCandidate, StoredClaim, StoredDelivery, StoredEvent,
};
use jiff::Timestamp;

use crate::outbox::delivery_failure::{cause, status};
use crate::rows::event;
use crate::sql::{COPY_CANDIDATES, COPY_CLAIMS, COPY_DELIVERIES, COPY_EVENTS, COPY_RECEIVERS, Statement};
use crate::time::ToSql as _;

/// Binds claims.
pub(super) fn claims(claims: &[StoredClaim]) -> Statement<'_> {
    sqlx::query(COPY_CLAIMS)
        .bind(claims.iter().map(|claim| claim.kind.name()).collect::<Vec<_>>())
        .bind(claims.iter().map(|claim| claim.digest.0.to_vec()).collect::<Vec<_>>())
        .bind(claims.iter().map(|claim| claim.client.as_str()).collect::<Vec<_>>())
        .bind(claims.iter().map(|claim| claim.exclusive).collect::<Vec<_>>())
}

/// Binds events with their deliveries so far.
pub(super) fn events(events: &[StoredEvent]) -> Statement<'_> {
    fn column<'q, T>(rows: &'q [StoredEvent], value: impl Fn(&'q StoredEvent) -> T) -> Vec<T> {
        rows.iter().map(value).collect()
    }
    let end = |pick: fn(DeliveryEnd) -> Option<Timestamp>| {
        column(events, |stored| stored.end.and_then(pick).map(|at| at.to_sql()))
    };
    let all: Vec<_> = events.iter().map(|stored| &stored.event).collect();
    event::bind(sqlx::query(COPY_EVENTS), &all)
        .bind(column(events, |stored| stored.leased_until.map(|at| at.to_sql())))
        .bind(column(events, |stored| stored.lease.0.cast_signed()))
        .bind(column(events, |stored| stored.failures.cast_signed()))
        .bind(column(events, |stored| stored.why.map(cause)))
        .bind(column(events, |stored| stored.why.and_then(status)))
        .bind(end(|end| if let DeliveryEnd::Delivered(at) = end { Some(at) } else { None }))
        .bind(end(|end| if let DeliveryEnd::DeadLettered(at) = end { Some(at) } else { None }))
        .bind(end(|end| if let DeliveryEnd::Discarded(at) = end { Some(at) } else { None }))
}

/// Binds receivers of events.
pub(super) fn receivers(receivers: &[Registration]) -> Statement<'_> {
    let types = |registration: &Registration| registration.filter.names().map(|names| names.join(" "));
    sqlx::query(COPY_RECEIVERS)
        .bind(receivers.iter().map(|registration| registration.receiver.as_str()).collect::<Vec<_>>())
        .bind(receivers.iter().map(types).collect::<Vec<_>>())
        .bind(receivers.iter().map(|registration| registration.since.to_sql()).collect::<Vec<_>>())
}

/// Binds what waits for receivers.
pub(super) fn deliveries(deliveries: &[StoredDelivery]) -> Statement<'_> {
    fn column<'q, T>(rows: &'q [StoredDelivery], value: impl Fn(&'q StoredDelivery) -> T) -> Vec<T> {
        rows.iter().map(value).collect()
    }
    let end = |pick: fn(DeliveryEnd) -> Option<Timestamp>| {
        column(deliveries, |stored| stored.end.and_then(pick).map(|at| at.to_sql()))
    };
    sqlx::query(COPY_DELIVERIES)
        .bind(column(deliveries, |stored| stored.client.as_str()))
        .bind(column(deliveries, |stored| stored.version.get().cast_signed()))
        .bind(column(deliveries, |stored| stored.event.as_str()))
        .bind(column(deliveries, |stored| stored.receiver.as_str()))
        .bind(column(deliveries, |stored| stored.at.to_sql()))
        .bind(column(deliveries, |stored| stored.leased_until.map(|at| at.to_sql())))
        .bind(column(deliveries, |stored| stored.lease.0.cast_signed()))
        .bind(column(deliveries, |stored| stored.failures.cast_signed()))
        .bind(column(deliveries, |stored| stored.why.map(cause)))
        .bind(column(deliveries, |stored| stored.why.and_then(status)))
        .bind(end(|end| if let DeliveryEnd::DeadLettered(at) = end { Some(at) } else { None }))
        .bind(end(|end| if let DeliveryEnd::Discarded(at) = end { Some(at) } else { None }))
}

/// Binds contents that may be orphans.
pub(super) fn candidates(candidates: &[StoredCandidate]) -> Statement<'_> {
    sqlx::query(COPY_CANDIDATES)
        .bind(candidates.iter().map(|candidate| candidate.key.as_str()).collect::<Vec<_>>())
        .bind(candidates.iter().map(|candidate| candidate.queued_at.to_sql()).collect::<Vec<_>>())
        .bind(
            candidates.iter().map(|candidate| candidate.trashed_at.map(|at| at.to_sql())).collect::<Vec<_>>(),
        )
}
