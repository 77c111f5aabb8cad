//! A page of the lines of all histories.

use client_app::ports::{ActivityPage, ActivityPosition, HistoryEntry};
use client_domain::value::{BranchKey, ClientKey};
use client_domain::{ActorId, EventKind};
use rusqlite::Connection;

use crate::columns::Columns;
use crate::error::Failure;
use crate::parameters::{Parameters, to_i64};
use crate::rows::history;
use crate::sql::CLIENTS_OF_BRANCH;

/// From this number of clients the lines of a branch are looked for among those of all clients.
const LARGE_BRANCH: i64 = 5_000;

const COLUMNS: &str = "SELECT h.client_key, h.version, event, command, request_id, actor, actor_email, at, from_state, to_state, \
    changed, reason, notes, transaction_reference, transaction_date, document_id, address_id, amendment_version, \
    reason_code, reason_text, requested_documents, NULL AS line_values FROM ";
const ORDER: &str = " ORDER BY at DESC, h.client_key DESC, h.version DESC LIMIT :limit";

/// Where the lines are read from: without statistics SQLite would take any index that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// Client by client, for a branch with few of them.
    OfBranch,
    ByActor,
    ByEvent,
    ByTime,
}

impl Source {
    const fn text(self) -> &'static str {
        match self {
            Self::OfBranch => "client c CROSS JOIN client_history h ON h.client_key = c.client_key",
            Self::ByActor => "client_history h INDEXED BY client_history_by_actor",
            Self::ByEvent => "client_history h INDEXED BY client_history_by_event",
            Self::ByTime => "client_history h INDEXED BY client_history_by_time",
        }
    }
}

/// The lines of the page.
pub(crate) fn page(connection: &Connection, page: &ActivityPage) -> Result<Vec<HistoryEntry>, Failure> {
    let source = source(connection, page)?;
    let (sql, parameters) = statement(source, page);
    parameters.rows(connection, ("client_history", &sql), |columns| {
        let key = columns.parsed("client_key", ClientKey::parse)?;
        history::read(columns, &key)
    })
}

fn source(connection: &Connection, page: &ActivityPage) -> Result<Source, Failure> {
    let filter = &page.filter;
    if let Some(branch) = &filter.branch {
        let parameters = Parameters::new().with(":branch", branch.as_str()).with(":many", LARGE_BRANCH);
        let is_large = |columns: &Columns<'_>| columns.get::<bool>("is_large");
        if parameters.first(connection, ("client", CLIENTS_OF_BRANCH), is_large)? == Some(false) {
            return Ok(Source::OfBranch);
        }
    }
    Ok(match (&filter.actor, filter.event) {
        (Some(_), _) => Source::ByActor,
        (None, Some(_)) => Source::ByEvent,
        (None, None) => Source::ByTime,
    })
}

/// The statement with a condition for each thing that is asked for, and the values of them.
fn statement(source: Source, page: &ActivityPage) -> (String, Parameters<'_>) {
    let ActivityPage { filter, before, limit } = page;
    let mut conditions = vec!["true"];
    let mut parameters = Parameters::new().with(":limit", to_i64(*limit));
    if let Some(actor) = &filter.actor {
        conditions.push("actor = :actor");
        parameters = parameters.with(":actor", ActorId::as_str(actor));
    }
    if let Some(kind) = filter.event {
        conditions.push("event = :event");
        parameters = parameters.with(":event", EventKind::name(kind));
    }
    if let Some(from) = filter.from {
        conditions.push("at >= :from");
        parameters = parameters.with(":from", from);
    }
    if let Some(until) = filter.until {
        conditions.push("at < :until");
        parameters = parameters.with(":until", until);
    }
    if let Some(branch) = &filter.branch {
        conditions.push(match source {
            Source::OfBranch => "c.branch = :branch",
            _ => "(SELECT c.branch FROM client c WHERE c.client_key = h.client_key) = :branch",
        });
        parameters = parameters.with(":branch", BranchKey::as_str(branch));
    }
    if let Some(ActivityPosition { at, client, version }) = before {
        conditions.push("at <= :at AND (at, h.client_key, h.version) < (:at, :key, :version)");
        let position = Parameters::new()
            .with(":at", *at)
            .with(":key", client.as_str())
            .with(":version", version.get().cast_signed());
        parameters = parameters.and(position);
    }
    (format!("{COLUMNS}{} WHERE {}{ORDER}", source.text(), conditions.join(" AND ")), parameters)
}

#[cfg(test)]
mod tests {
    use client_domain::value::Version;
    use jiff::Timestamp;

    use super::*;
    use crate::migration;

    fn page(ask: impl FnOnce(&mut ActivityPage)) -> ActivityPage {
        let mut page = ActivityPage { limit: 50, ..ActivityPage::default() };
        ask(&mut page);
        page
    }

    fn plan(connection: &Connection, source: Source, page: &ActivityPage) -> Vec<String> {
        let (sql, parameters) = statement(source, page);
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let detail = |columns: &Columns<'_>| columns.text("detail").map(str::to_owned);
        parameters.rows(connection, ("plan", &explain), detail).unwrap()
    }

    /// No plan reads the history from end to end or sorts more than the lines of one moment, except for a branch with few
    /// clients, whose lines are all read.
    #[test]
    fn every_source_reads_by_its_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        migration::run(&mut connection).unwrap();
        let position = ActivityPosition {
            at: Timestamp::UNIX_EPOCH,
            client: ClientKey::from_bits(1),
            version: Version::FIRST,
        };
        let actor = || Some(ActorId::parse("maker-1").unwrap());
        let branch = || Some(BranchKey::parse("ikeja-01").unwrap());
        for with_position in [false, true] {
            let page = |ask: &dyn Fn(&mut ActivityPage)| {
                page(|page| {
                    ask(page);
                    page.before = with_position.then(|| position.clone());
                })
            };
            let bound = if with_position { " (at<?)" } else { "" };
            let by_time = plan(&connection, Source::ByTime, &page(&|_| {}));
            let searched = if with_position { "SEARCH" } else { "SCAN" };
            assert_eq!(by_time, [format!("{searched} h USING INDEX client_history_by_time{bound}")]);
            let bound = if with_position { " AND at<?" } else { "" };
            let by_actor = plan(&connection, Source::ByActor, &page(&|page| page.filter.actor = actor()));
            assert_eq!(by_actor, [format!("SEARCH h USING INDEX client_history_by_actor (actor=?{bound})")]);
            let by_event = plan(
                &connection,
                Source::ByEvent,
                &page(&|page| page.filter.event = Some(EventKind::Approved)),
            );
            assert_eq!(by_event, [format!("SEARCH h USING INDEX client_history_by_event (event=?{bound})")]);
            let of_branch = plan(&connection, Source::OfBranch, &page(&|page| page.filter.branch = branch()));
            assert!(
                of_branch[0].starts_with("SEARCH c USING") && of_branch[0].contains("(branch=?)"),
                "{of_branch:?}"
            );
            assert!(of_branch[1].starts_with("SEARCH h USING PRIMARY KEY (client_key=?"), "{of_branch:?}");
            let of_large = plan(&connection, Source::ByTime, &page(&|page| page.filter.branch = branch()));
            assert!(of_large[0].contains("h USING INDEX client_history_by_time"), "{of_large:?}");
            assert!(of_large.iter().all(|line| !line.contains("TEMP B-TREE")), "{of_large:?}");
        }
    }
}
