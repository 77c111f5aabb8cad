use client_domain::value::{BranchKey, ClientKey, Version};
use client_domain::{ActorId, EventKind};
use jiff::Timestamp;

use crate::ports::history::HistoryEntry;

/// A page of the lines of all histories, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityPage {
    /// Which lines.
    pub filter: ActivityFilter,
    /// Only lines before this position, which is that of the last line of the page before.
    pub before: Option<ActivityPosition>,
    /// The maximum number of lines.
    pub limit: usize,
}

/// Which lines of all histories: those for which everything holds that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityFilter {
    /// Only what this actor did.
    pub actor: Option<ActorId>,
    /// Only events of this kind.
    pub event: Option<EventKind>,
    /// Only clients that belong to this branch now.
    pub branch: Option<BranchKey>,
    /// Only lines of this moment or later.
    pub from: Option<Timestamp>,
    /// Only lines before this moment.
    pub until: Option<Timestamp>,
}

impl ActivityFilter {
    /// Whether a line is one of them, if its client belongs to this branch.
    ///
    /// ```
    /// use client_app::RequestId;
    /// use client_app::ports::{ActivityFilter, HistoryEntry, HistoryValues};
    /// use client_domain::{Actor, AuditStamp, Client, EventKind, example};
    ///
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let event = Client::onboard(example::application()?, &maker).event;
    /// let command = "CreateContactCommand".to_owned();
    /// let request_id = RequestId::parse("r-1")?;
    /// let line = HistoryEntry { event, command, request_id, values: HistoryValues::default() };
    ///
    /// let created = ActivityFilter { event: Some(EventKind::Created), ..ActivityFilter::default() };
    /// assert!(created.holds(&line, None));
    /// let until = Some("2026-01-05T09:00:00Z".parse()?);
    /// assert!(!ActivityFilter { until, ..created }.holds(&line, None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn holds(&self, line: &HistoryEntry, branch: Option<&BranchKey>) -> bool {
        let event = &line.event;
        self.actor.as_ref().is_none_or(|actor| event.by.id == *actor)
            && self.event.is_none_or(|kind| event.kind == kind)
            && self.branch.as_ref().is_none_or(|wanted| branch == Some(wanted))
            && self.from.is_none_or(|from| event.at >= from)
            && self.until.is_none_or(|until| event.at < until)
    }
}

/// The position of a line in the order of all lines: by time, then by the key of its client, then by its version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActivityPosition {
    /// The time of the line.
    pub at: Timestamp,
    /// The client.
    pub client: ClientKey,
    /// The version that the line is about.
    pub version: Version,
}

impl ActivityPosition {
    /// The position of this line.
    pub fn of(line: &HistoryEntry) -> Self {
        Self { at: line.event.at, client: line.event.key.clone(), version: line.event.version }
    }
}
