use std::collections::BTreeMap;

use client_domain::client::WaitingAge;
use client_domain::value::{BranchKey, ClientKey, ReasonCode};
use client_domain::{ActorId, EventKind};
use jiff::Timestamp;

use crate::ports::history::HistoryEntry;

/// Which lines of all histories are counted, and in which groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tallying {
    /// Only events of these kinds.
    pub events: Vec<EventKind>,
    /// Only clients that belong to this branch now.
    pub branch: Option<BranchKey>,
    /// The first moments of the periods, rising, and the moment before which the last of them ends: two at least. Only lines of
    /// these periods are counted.
    pub moments: Vec<Timestamp>,
    /// What the groups are.
    pub by: TallyBy,
    /// The maximum number of lines that are read.
    pub lines: usize,
}

/// What the groups of a tally are, beside the kind of the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TallyBy {
    /// The period.
    Period,
    /// The actor, and the code of the reason.
    Reason,
    /// The branch of the client now, the actor, and how long the client has waited since its approval was requested. A line counts only if, among the
    /// requests for approval and the decisions about them before it, a request is the last of its client.
    Wait,
}

/// A group of a tally: the kind of the event, and the rest of it.
pub type TallyGroup = (EventKind, TallyMember);

/// The lines of a kind that a group has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TallyMember {
    /// Those of a period, by its place among the periods.
    Period(usize),
    /// Those of an actor with the code of a reason; those without one.
    Reason(ActorId, Option<ReasonCode>),
    /// Those of an actor about clients that belong to a branch now, or to none, and had waited so long.
    Wait(Option<BranchKey>, ActorId, WaitingAge),
}

/// The result of a tally.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tallied {
    /// The groups that are not empty.
    pub groups: BTreeMap<TallyGroup, u64>,
    /// Whether every line was counted. If not, no group has fewer than its number, and it may have more.
    pub is_complete: bool,
}

/// What was counted of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyRow {
    /// The group; `None` for lines of no group.
    pub group: Option<TallyGroup>,
    /// How many lines count.
    pub number: u64,
    /// How many lines were read for it, those of other branches as well.
    pub read: u64,
}

impl Tallying {
    /// The events between which a client does not wait for its approval.
    pub const DECIDING: [EventKind; 4] =
        [EventKind::ApprovalRequested, EventKind::Approved, EventKind::Rejected, EventKind::RejectionUndone];

    /// The tally of these lines, each with the branch of its client now: the definition, for a storage that has all of them at
    /// hand. The lines of one client come in the order of their versions.
    pub fn of<'a>(
        &self,
        lines: impl IntoIterator<Item = (&'a HistoryEntry, Option<&'a BranchKey>)>,
    ) -> Tallied {
        let mut requested: BTreeMap<&ClientKey, Timestamp> = BTreeMap::new();
        let mut groups = BTreeMap::new();
        for (line, branch) in lines {
            let event = &line.event;
            let is_of_branch = self.branch.as_ref().is_none_or(|wanted| branch == Some(wanted));
            if is_of_branch
                && self.events.contains(&event.kind)
                && let Some(period) = self.period_of(event.at)
            {
                let since = requested.get(&event.key).copied();
                if let Some(member) = self.member((line, branch), period, since) {
                    *groups.entry((event.kind, member)).or_default() += 1;
                }
            }
            match event.kind {
                EventKind::ApprovalRequested => drop(requested.insert(&event.key, event.at)),
                kind if Self::DECIDING.contains(&kind) => drop(requested.remove(&event.key)),
                _ => {}
            }
        }
        Tallied { groups, is_complete: true }
    }

    fn member(
        &self,
        (line, branch): (&HistoryEntry, Option<&BranchKey>),
        period: usize,
        since: Option<Timestamp>,
    ) -> Option<TallyMember> {
        let event = &line.event;
        Some(match self.by {
            TallyBy::Period => TallyMember::Period(period),
            TallyBy::Reason => {
                let code = event.reason_code.as_ref().map(|reason| reason.code.clone());
                TallyMember::Reason(event.by.id.clone(), code)
            }
            TallyBy::Wait => {
                TallyMember::Wait(branch.cloned(), event.by.id.clone(), WaitingAge::of(since?, event.at))
            }
        })
    }

    /// The place of the period of a moment.
    fn period_of(&self, at: Timestamp) -> Option<usize> {
        let begun = self.moments.iter().take_while(|first| **first <= at).count();
        begun.checked_sub(1).filter(|_| begun < self.moments.len())
    }

    /// The result of what was read, one line more than the bound if there are more.
    pub fn of_rows(&self, rows: impl IntoIterator<Item = TallyRow>) -> Tallied {
        let (mut groups, mut read) = (BTreeMap::new(), 0);
        for row in rows {
            read += row.read;
            if let Some(group) = row.group.filter(|_| row.number > 0) {
                *groups.entry(group).or_default() += row.number;
            }
        }
        Tallied { groups, is_complete: usize::try_from(read).is_ok_and(|read| read <= self.lines) }
    }
}
