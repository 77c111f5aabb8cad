//! The lines of all histories in groups.

use client_app::ports::{StoreError, Tallied, TallyBy, TallyGroup, TallyMember, TallyRow, Tallying};
use client_domain::client::WaitingAge;
use client_domain::value::{BranchKey, ReasonCode};
use client_domain::{ActorId, EventKind};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::columns::Columns;
use crate::error::Failure;
use crate::parameters::{Parameters, to_i64};
use crate::sql::{TALLY_BY_PERIOD, TALLY_BY_REASON, TALLY_BY_WAIT};

/// The numbers of the groups.
pub(crate) fn tally(connection: &Connection, tallying: &Tallying) -> Result<Tallied, Failure> {
    let Tallying { events, branch, moments, by, lines } = tallying;
    let [first, .., end] = moments.as_slice() else {
        return Ok(tallying.of_rows([]));
    };
    let parameters = Parameters::new()
        .with(":events", names(events))
        .with(":from", *first)
        .with(":until", *end)
        .with(":limit", to_i64(lines.saturating_add(1)))
        .with(":branch", branch.as_ref().map(BranchKey::as_str));
    let (text, parameters) = match by {
        TallyBy::Period => {
            let begun: Vec<_> = moments.iter().copied().map(Timestamp::as_microsecond).collect();
            (TALLY_BY_PERIOD, parameters.with(":moments", serde_json::json!(begun).to_string()))
        }
        TallyBy::Reason => (TALLY_BY_REASON, parameters),
        TallyBy::Wait => {
            let parameters = parameters.with(":deciding", names(&Tallying::DECIDING));
            (TALLY_BY_WAIT, parameters.with(":requested", EventKind::ApprovalRequested.name()))
        }
    };
    let rows = parameters.rows(connection, ("client_history", text), |columns| row(columns, *by))?;
    Ok(tallying.of_rows(rows))
}

/// The names of these events as JSON.
pub(crate) fn names(events: &[EventKind]) -> String {
    serde_json::json!(events.iter().map(|kind| kind.name()).collect::<Vec<_>>()).to_string()
}

fn row(columns: &Columns<'_>, by: TallyBy) -> Result<TallyRow, StoreError> {
    let number = |name: &str| columns.known(name, |number: i64| u64::try_from(number).ok());
    Ok(TallyRow { group: group(columns, by)?, number: number("counted")?, read: number("read")? })
}

fn group(columns: &Columns<'_>, by: TallyBy) -> Result<Option<TallyGroup>, StoreError> {
    let event = columns.known("event", |name: String| EventKind::restore(&name))?;
    let actor = || columns.parsed("actor", ActorId::parse);
    let place = |place: i64| usize::try_from(place).ok();
    let member = match by {
        TallyBy::Period => Some(TallyMember::Period(columns.known("period", place)?)),
        TallyBy::Reason => {
            Some(TallyMember::Reason(actor()?, columns.parsed_optional("reason_code", ReasonCode::parse)?))
        }
        TallyBy::Wait => {
            let age = |number: i64| place(number).and_then(|place| WaitingAge::ALL.get(place).copied());
            let age = columns.known_optional("age", age)?;
            let branch = columns.parsed_optional("branch", BranchKey::parse)?;
            age.map(|age| Ok::<_, StoreError>(TallyMember::Wait(branch, actor()?, age))).transpose()?
        }
    };
    Ok(member.map(|member| (event, member)))
}
