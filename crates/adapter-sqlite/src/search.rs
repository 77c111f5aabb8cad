//! A search as statements of one point in time: the words that few clients have, the page, and the total.
//!
//! The text is built from constants and numbers only; every other value is bound.
//!
//! A condition is evaluated in one of two ways. If few clients meet it, its index names them, and they are sorted. If
//! many do, the clients are read in their order until the page is full, and the condition is checked for each. A count
//! with a bound decides which; it costs a fraction of either. The total always comes from the index.
//!
//! From bottom to top; a module uses only those above it in this list:
//!
//! | module | what it does |
//! | --- | --- |
//! | [`reach`] | how many clients a condition finds |
//! | [`counts`] | counts with a bound, which decide how |
//! | [`builder`] | the text of a statement and its values |
//! | [`mod@column`], [`mod@text_column`] | the columns of a property |
//! | [`keyset`] | where a page begins |
//! | [`kyc`], [`kyc_status`], [`text_condition`], [`former_name`], [`condition`] | a predicate as a condition |
//! | [`kyc_renewal`] | the statuses that these conditions read |
//! | [`statement`] | the page and the total |
//! | [`count_statement`], [`mod@count`] | counts in groups |

mod builder;
mod column;
mod condition;
mod count;
#[cfg(test)]
mod count_plans;
mod count_statement;
mod counts;
mod current;
mod former_name;
mod keyset;
mod kyc;
mod kyc_renewal;
mod kyc_status;
#[cfg(test)]
mod plans;
mod reach;
mod statement;
mod text_column;
mod text_condition;

use std::time::{Duration, Instant};

use client_app::ports::{Found, Search, Selection, StoreError, Total, Totals};
use rusqlite::Connection;

pub(crate) use self::count::count;
use self::counts::Counts;
pub(crate) use self::kyc_renewal::renew as renew_kyc_statuses;
use self::statement::{page, total};
use crate::columns::Columns;
use crate::error::Failure;
use crate::rows::summary;

/// From this duration on a search is logged.
const SLOW_SEARCH: Duration = Duration::from_secs(1);

/// The page of clients that a search finds. The connection is in a transaction, so all data is of one point in time.
pub(crate) fn search(connection: &Connection, search: &Search) -> Result<Found, Failure> {
    let begun = Instant::now();
    let page = page(search, Counts::on(connection)).query(connection, |columns| {
        let position = keyset::read(columns, &search.order)?;
        // A corrupt row does not fail the list.
        let summary = summary::read(columns).inspect_err(|error| {
            tracing::error!(%error, "a client is left out of a list");
        });
        Ok::<_, StoreError>((position, summary.ok()))
    })?;
    let total = if search.totals == Totals::None { None } else { count_matches(connection, search)? };
    let taken = begun.elapsed();
    if taken >= SLOW_SEARCH {
        let (milliseconds, cost) = (taken.as_millis(), search.predicate.cost());
        tracing::warn!(milliseconds, cost, totals = ?search.totals, found = page.len(), "a search was slow");
    }
    // One client more than requested shows that more follow; the next page begins after the last client of this one.
    let next = search.limit.checked_sub(1).and_then(|last| page.get(last));
    let next = next.filter(|_| page.len() > search.limit).map(|(position, _)| position.clone());
    let clients = page.into_iter().take(search.limit).filter_map(|(_, summary)| summary).collect();
    Ok(Found { clients, next, total })
}

/// The keys of every client that a selection finds, in its order, as rows are read; until one visit answers that no more are
/// wanted. The connection is in a transaction.
pub(crate) fn select_all(
    connection: &Connection,
    selection: &Selection,
    visit: impl FnMut(&Columns<'_>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    statement::keys(selection, Counts::on(connection)).visit(connection, visit)
}

fn count_matches(connection: &Connection, search: &Search) -> Result<Option<Total>, Failure> {
    let counted = total(search)
        .query(connection, |columns| columns.known("total", |total: i64| u64::try_from(total).ok()))?;
    Ok(search.totals.of(counted.first().copied().unwrap_or_default()))
}
