//! Counts in groups, each by one statement.

use client_app::ports::{CountReading, CountRow, Counted, Counting, Group, Grouping, StoreError};
use client_domain::ClientState;
use client_domain::client::{WaitingAge, WorkKind};
use client_domain::kyc::KycStatus;
use client_domain::value::BranchKey;
use rusqlite::Connection;

use super::count_statement::statement;
use crate::columns::Columns;
use crate::error::Failure;

/// The numbers of the groups. The connection is in a transaction, so all data is of one point in time.
pub(crate) fn count(connection: &Connection, counting: &Counting) -> Result<Counted, Failure> {
    let reading = counting.reading();
    let rows = statement(counting, reading).query(connection, |columns| {
        let number = columns.known("counted", |number: i64| u64::try_from(number).ok())?;
        let read = match reading {
            // Statuses that are due are read.
            CountReading::ByIndex if !matches!(counting.by, Grouping::KycStatus(_)) => 0,
            _ => columns.known("read", |rows: i64| u64::try_from(rows).ok())?,
        };
        Ok(CountRow { group: group(columns, &counting.by)?, number, read })
    })?;
    Ok(counting.of_rows(rows))
}

fn group(columns: &Columns<'_>, by: &Grouping) -> Result<Group, StoreError> {
    Ok(match by {
        Grouping::State => Group::State(
            columns
                .known("member", |number: String| number.parse().ok().and_then(ClientState::from_number))?,
        ),
        Grouping::Branch => Group::Branch(columns.parsed_optional("member", BranchKey::parse)?),
        Grouping::KycStatus(_) => Group::KycStatus(columns.parsed("member", KycStatus::parse)?),
        Grouping::Waiting(..) => {
            let (kind, age) = item(columns)?;
            Group::Waiting(kind, age)
        }
        Grouping::BranchWaiting(..) => {
            let (kind, age) = item(columns)?;
            Group::BranchWaiting(columns.parsed_optional("branch", BranchKey::parse)?, kind, age)
        }
    })
}

/// The kind of an item, and how long it has waited.
fn item(columns: &Columns<'_>) -> Result<(WorkKind, Option<WaitingAge>), StoreError> {
    let kind = columns.known("member", |name: String| WorkKind::parse(&name))?;
    let age = columns.known("age", |place: i64| {
        usize::try_from(place).ok().and_then(|place| WaitingAge::ALL.get(place).copied())
    })?;
    Ok((kind, Some(age).filter(|_| kind != WorkKind::Expiring)))
}
