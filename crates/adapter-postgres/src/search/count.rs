//! Counts in groups, each by one statement.

use std::collections::BTreeMap;

use client_app::ports::{Counted, Counting, Group, Grouping, StoreError};
use client_domain::ClientState;
use client_domain::client::{WaitingAge, WorkKind};
use client_domain::kyc::KycStatus;
use client_domain::value::BranchKey;
use sqlx::postgres::PgRow;

use super::count_statement::{Reading, statement};
use crate::error::DbError;
use crate::pool::{Pool, Share};
use crate::rows::columns::Columns;

/// The numbers of the groups.
pub(crate) async fn count(pool: &Pool, counting: &Counting) -> Result<Counted, StoreError> {
    let reading = Reading::of(counting);
    let rows = pool.read(Share::Searches, || statement(counting, reading)).await.map_err(DbError::of_read)?;
    let rows: Vec<_> = rows.iter().map(|row| read(row, counting, reading)).collect::<Result<_, _>>()?;
    let read: u64 = rows.iter().map(|(_, _, read)| read).sum();
    // One more than the bound says that there is more.
    let is_cut = |number: &u64| reading == Reading::ByIndex && *number > bound(counting.bounds.entries);
    let mut is_complete = !rows.iter().any(|(_, number, _)| is_cut(number));
    let mut groups = BTreeMap::new();
    for (group, number, _) in rows {
        *groups.entry(group).or_default() += number;
    }
    is_complete &= read <= bound(counting.bounds.rows);
    if counting.by == Grouping::Branch && reading == Reading::ByIndex {
        // One with none of these clients was read as well: there may be others after the last.
        let branches = groups.keys().filter(|group| **group != Group::Branch(None)).count();
        if branches > counting.bounds.branches {
            groups.pop_last();
            is_complete = false;
        }
        if !is_complete {
            // Those without a branch are all others, so where too few were counted of a branch, they would be too many.
            groups.remove(&Group::Branch(None));
        }
    }
    groups.retain(|_, number| *number > 0);
    Ok(Counted { groups, is_complete })
}

fn bound(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// A group, its number, and how many rows were read for it.
fn read(row: &PgRow, counting: &Counting, reading: Reading) -> Result<(Group, u64, u64), StoreError> {
    let columns = Columns { row, table: "client" };
    let counted = columns.known("counted", |number: i64| u64::try_from(number).ok())?;
    let read = match reading {
        Reading::ByIndex => 0,
        Reading::Rows => columns.known("read", |rows: i64| u64::try_from(rows).ok())?,
    };
    Ok((group(&columns, &counting.by)?, counted, read))
}

fn group(columns: &Columns<'_>, by: &Grouping) -> Result<Group, StoreError> {
    Ok(match by {
        Grouping::State => Group::State(
            columns.known("member", |number: &str| number.parse().ok().and_then(ClientState::from_number))?,
        ),
        Grouping::Branch => Group::Branch(columns.parsed_optional("member", BranchKey::parse)?),
        Grouping::KycStatus(_) => Group::KycStatus(columns.parsed("member", KycStatus::parse)?),
        Grouping::Waiting(..) => {
            let kind = columns.known("member", WorkKind::parse)?;
            let age = columns.known("age", |place: i32| {
                usize::try_from(place).ok().and_then(|place| WaitingAge::ALL.get(place).copied())
            })?;
            Group::Waiting(kind, Some(age).filter(|_| kind != WorkKind::Expiring))
        }
    })
}
