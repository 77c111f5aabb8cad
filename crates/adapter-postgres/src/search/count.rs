//! Counts in groups, each by one statement.

use client_app::ports::{CountReading, CountRow, Counted, Counting, Group, Grouping, StoreError};
use client_domain::ClientState;
use client_domain::client::{WaitingAge, WorkKind};
use client_domain::kyc::KycStatus;
use client_domain::value::BranchKey;
use sqlx::postgres::PgRow;

use super::count_statement::statement;
use crate::error::DbError;
use crate::pool::{Pool, Share};
use crate::rows::columns::Columns;

/// The numbers of the groups.
pub(crate) async fn count(pool: &Pool, counting: &Counting) -> Result<Counted, StoreError> {
    let reading = counting.reading();
    let rows = pool.read(Share::Searches, || statement(counting, reading)).await.map_err(DbError::of_read)?;
    let rows: Vec<_> = rows.iter().map(|row| read(row, counting, reading)).collect::<Result<_, _>>()?;
    Ok(counting.of_rows(rows))
}

fn read(row: &PgRow, counting: &Counting, reading: CountReading) -> Result<CountRow, StoreError> {
    let columns = Columns { row, table: "client" };
    let number = columns.known("counted", |number: i64| u64::try_from(number).ok())?;
    let read = match reading {
        // Statuses that are due are read.
        CountReading::ByIndex if !matches!(counting.by, Grouping::KycStatus(_)) => 0,
        _ => columns.known("read", |rows: i64| u64::try_from(rows).ok())?,
    };
    Ok(CountRow { group: group(&columns, &counting.by)?, number, read })
}

fn group(columns: &Columns<'_>, by: &Grouping) -> Result<Group, StoreError> {
    Ok(match by {
        Grouping::State => Group::State(
            columns.known("member", |number: &str| number.parse().ok().and_then(ClientState::from_number))?,
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
    let kind = columns.known("member", WorkKind::parse)?;
    let age = columns.known("age", |place: i32| {
        usize::try_from(place).ok().and_then(|place| WaitingAge::ALL.get(place).copied())
    })?;
    Ok((kind, Some(age).filter(|_| kind != WorkKind::Expiring)))
}
