//! The lines of all histories in groups.

use client_app::ports::{StoreError, Tallied, TallyBy, TallyGroup, TallyMember, TallyRow, Tallying};
use client_domain::client::WaitingAge;
use client_domain::value::{BranchKey, ReasonCode};
use client_domain::{ActorId, EventKind};
use jiff::Timestamp;
use sqlx::postgres::PgRow;

use crate::error::DbError;
use crate::pool::{Pool, Share};
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::sql::{Statement, TALLY_BY_PERIOD, TALLY_BY_REASON, TALLY_BY_WAIT};
use crate::time::ToSql as _;

/// The numbers of the groups.
pub(crate) async fn tally(pool: &Pool, tallying: &Tallying) -> Result<Tallied, StoreError> {
    let [first, .., end] = tallying.moments.as_slice() else {
        return Ok(tallying.of_rows([]));
    };
    let statement = || bind(tallying, (*first, *end));
    let rows = pool.read(Share::Searches, statement).await.map_err(DbError::of_read)?;
    let rows: Vec<_> = rows.iter().map(|found| row(found, tallying.by)).collect::<Result<_, _>>()?;
    Ok(tallying.of_rows(rows))
}

/// Binds what is counted. The statement is planned each time: a plan for all values would not know how long the period is.
fn bind(tallying: &Tallying, (first, end): (Timestamp, Timestamp)) -> Statement<'_> {
    let text = match tallying.by {
        TallyBy::Period => TALLY_BY_PERIOD,
        TallyBy::Reason => TALLY_BY_REASON,
        TallyBy::Wait => TALLY_BY_WAIT,
    };
    let statement = sqlx::query(text)
        .bind(names(&tallying.events))
        .bind(first.to_sql())
        .bind(end.to_sql())
        .bind(to_i64(tallying.lines.saturating_add(1)))
        .bind(tallying.branch.as_ref().map(BranchKey::as_str))
        .persistent(false);
    match tallying.by {
        TallyBy::Period => statement.bind(tallying.moments.iter().map(|at| at.to_sql()).collect::<Vec<_>>()),
        TallyBy::Reason => statement,
        TallyBy::Wait => statement.bind(names(&Tallying::DECIDING)).bind(EventKind::ApprovalRequested.name()),
    }
}

fn names(events: &[EventKind]) -> Vec<&'static str> {
    events.iter().map(|kind| kind.name()).collect()
}

fn row(row: &PgRow, by: TallyBy) -> Result<TallyRow, StoreError> {
    let columns = Columns { row, table: "client_history" };
    let number = |name: &str| columns.known(name, |number: i64| u64::try_from(number).ok());
    Ok(TallyRow { group: group(&columns, by)?, number: number("counted")?, read: number("read")? })
}

fn group(columns: &Columns<'_>, by: TallyBy) -> Result<Option<TallyGroup>, StoreError> {
    let event = columns.known("event", EventKind::restore)?;
    let actor = || columns.parsed("actor", ActorId::parse);
    let place = |place: i32| usize::try_from(place).ok();
    let member = match by {
        TallyBy::Period => Some(TallyMember::Period(columns.known("period", place)?)),
        TallyBy::Reason => {
            Some(TallyMember::Reason(actor()?, columns.parsed_optional("reason_code", ReasonCode::parse)?))
        }
        TallyBy::Wait => {
            let age = |number: i32| place(number).and_then(|place| WaitingAge::ALL.get(place).copied());
            let age = columns.known_optional("age", age)?;
            let branch = columns.parsed_optional("branch", BranchKey::parse)?;
            age.map(|age| Ok::<_, StoreError>(TallyMember::Wait(branch, actor()?, age))).transpose()?
        }
    };
    Ok(member.map(|member| (event, member)))
}
