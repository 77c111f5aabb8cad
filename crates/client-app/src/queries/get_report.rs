use std::collections::BTreeMap;

use client_domain::client::{WaitingAge, WorkKind};
use client_domain::kyc::KycStatus;
use client_domain::search::{Filter, Predicate, field};
use client_domain::value::{BranchKey, ReasonCode};
use client_domain::{ActorId, ClientState, EventKind, Permission};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::count::{CountBounds, Counting, Group, Grouping};
use crate::ports::tally::{TallyBy, TallyGroup, TallyMember, Tallying};
use crate::query::Query;
use crate::query::sealed::Sealed;
use crate::report::{DECISIONS, ENDINGS, KYC_DECISIONS, Report};
use crate::report_period::{ReportPeriod, month_name};
use crate::report_rows::{MAX_ROWS, ReportRow, Rows};
use crate::spine::admission::permit;

/// How much one count of a report reads; a report has up to 24 of them.
const BOUNDS: CountBounds = CountBounds { entries: 1_000_000, rows: CountBounds::ROWS, branches: 1_000 };

/// How many lines of histories a report reads, or items of the work queue.
const LINES: usize = 100_000;

/// Documents that expire within so many days, one column each.
const NOTICES: [i32; 3] = [30, 60, 90];

/// Answers a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetReport {
    /// Which one.
    pub report: Report,
    /// Only clients that belong to this branch now.
    pub branch: Option<BranchKey>,
    /// The days that a report with a period is about; `None` for the last twelve months.
    pub period: Option<ReportPeriod>,
    /// The number of days after which an application counts, for a report with an age.
    pub older_than_days: u16,
}

/// A table of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportTable {
    /// The rows, in the order of the months, and otherwise those with the largest numbers first.
    pub rows: Vec<ReportRow>,
    /// Whether everything was counted, and every row is there. If not, no row has less than its numbers.
    pub is_complete: bool,
    /// The days that it is about, if it has a period.
    pub period: Option<ReportPeriod>,
    /// When it was counted.
    pub as_of: Timestamp,
}

impl GetReport {
    /// The maximum number of rows.
    pub const MAX_ROWS: usize = MAX_ROWS;
}

impl Sealed for GetReport {}

impl Query for GetReport {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    const MAY_LAG: bool = true;
    type Answer = ReportTable;

    async fn answer(self, clients: &Clients, caller: &Caller, now: Timestamp) -> Result<ReportTable, Error> {
        permit(caller, self.report.permission())?;
        let today = clients.calendar.day_of(now);
        let period = self.period.unwrap_or_else(|| ReportPeriod::year_until(today));
        let as_of = clients.reads.as_of(now);
        let (rows, is_complete) = match self.report {
            Report::ClientsByBranch => self.by_branch(clients, today).await?.largest_first(),
            Report::ClientsByMonth => self.by_month(clients, today, period).await?.in_order(),
            Report::Waiting => self.waiting(clients, caller, now).await?.largest_first(),
            Report::DecisionTimes => self.decision_times(clients, period).await?.largest_first(),
            Report::Decisions => self.decisions(clients, caller, period).await?.largest_first(),
            Report::ExpiringDocuments => self.expiring(clients, today).await?.largest_first(),
            Report::Endings => self.endings(clients, period).await?.in_order(),
            Report::IncompleteApplications => self.incomplete(clients, today).await?.largest_first(),
        };
        let period = self.report.has_period().then_some(period);
        Ok(ReportTable { rows, is_complete, period, as_of })
    }
}

/// What follows reads clients.
impl GetReport {
    async fn by_branch(&self, clients: &Clients, today: Date) -> Result<Rows, Error> {
        let mut rows = Rows::new(self.report);
        for (column, state) in ClientState::ALL.into_iter().enumerate() {
            let wanted = Predicate::in_states([state]);
            self.count_branches(&mut rows, column, wanted, (clients, today)).await?;
        }
        Ok(rows)
    }

    async fn by_month(&self, clients: &Clients, today: Date, period: ReportPeriod) -> Result<Rows, Error> {
        let mut rows = Rows::new(self.report);
        for (first, last) in period.months() {
            let label = vec![Some(month_name(first))];
            rows.row(label.clone());
            let created = checked(&field::DATE_CREATED.between(first, last));
            let groups = self.counted(&mut rows, Grouping::State, created, (clients, today)).await?;
            for (group, number) in groups {
                if let Group::State(state) = group {
                    let column = ClientState::ALL.into_iter().position(|one| one == state);
                    rows.add(label.clone(), column, number);
                }
            }
        }
        Ok(rows)
    }

    async fn waiting(&self, clients: &Clients, caller: &Caller, now: Timestamp) -> Result<Rows, Error> {
        let seen = |kind: &WorkKind| *kind != WorkKind::Expiring && caller.may(kind.permission());
        let kinds = WorkKind::ALL.into_iter().filter(seen).collect();
        let mut rows = Rows::new(self.report);
        let (by, today) = (Grouping::BranchWaiting(kinds, now), clients.calendar.day_of(now));
        let groups = self.counted(&mut rows, by, Predicate::every_client(), (clients, today)).await?;
        for (group, number) in groups {
            if let Group::BranchWaiting(branch, kind, Some(age)) = group {
                let column = WaitingAge::ALL.into_iter().position(|one| one == age);
                rows.add(vec![branch_label(branch), Some(kind.name().to_owned())], column, number);
            }
        }
        Ok(rows)
    }

    async fn expiring(&self, clients: &Clients, today: Date) -> Result<Rows, Error> {
        let mut rows = Rows::new(self.report);
        let kept = [ClientState::PendingApproval, ClientState::Approved, ClientState::Active];
        for (column, days) in NOTICES.into_iter().enumerate() {
            let until = today.saturating_add(days.days());
            let expires = checked(&field::DOCUMENT_EXPIRY_DATE.between(today, until));
            let wanted = Predicate::All(vec![Predicate::in_states(kept), expires]);
            self.count_branches(&mut rows, column, wanted, (clients, today)).await?;
        }
        Ok(rows)
    }

    async fn incomplete(&self, clients: &Clients, today: Date) -> Result<Rows, Error> {
        let mut rows = Rows::new(self.report);
        let before = today.saturating_sub(i32::from(self.older_than_days).days());
        let lacking = [KycStatus::None, KycStatus::Incomplete].map(KycStatus::name);
        let wanted = Predicate::All(vec![
            Predicate::in_states([ClientState::PendingApproval]),
            checked(&field::DATE_CREATED.before(before).and(field::KYC_STATUS.is_in(lacking))),
        ]);
        self.count_branches(&mut rows, 0, wanted, (clients, today)).await?;
        Ok(rows)
    }

    /// Fills a column with the numbers of the branches.
    async fn count_branches(
        &self,
        rows: &mut Rows,
        column: usize,
        wanted: Predicate,
        at: (&Clients, Date),
    ) -> Result<(), Error> {
        for (group, number) in self.counted(rows, Grouping::Branch, wanted, at).await? {
            if let Group::Branch(branch) = group {
                rows.add(vec![branch_label(branch)], Some(column), number);
            }
        }
        Ok(())
    }

    async fn counted(
        &self,
        rows: &mut Rows,
        by: Grouping,
        wanted: Predicate,
        (clients, today): (&Clients, Date),
    ) -> Result<BTreeMap<Group, u64>, Error> {
        let of_branch = self.branch.clone().map(Predicate::of_branch);
        let predicate = Predicate::All(of_branch.into_iter().chain([wanted]).collect());
        let predicate = clients.resolved(predicate).await.map_err(Error::of_query)?;
        // Items of the queue are narrow rows, read without their clients.
        let bounds = match by {
            Grouping::BranchWaiting(..) => CountBounds { rows: LINES, ..BOUNDS },
            _ => BOUNDS,
        };
        let counting = Counting { predicate, today, by, bounds };
        let counted = clients.store.count(&counting).await.map_err(Error::of_query)?;
        rows.is_complete &= counted.is_complete;
        Ok(counted.groups)
    }
}

/// What follows reads histories.
impl GetReport {
    async fn decision_times(&self, clients: &Clients, period: ReportPeriod) -> Result<Rows, Error> {
        let mut rows = Rows::new(self.report);
        let events = [EventKind::Approved, EventKind::Rejected];
        for ((event, member), number) in
            self.tallied(&mut rows, &events, TallyBy::Wait, (clients, period)).await?
        {
            if let TallyMember::Wait(branch, actor, age) = member {
                let column = WaitingAge::ALL.into_iter().position(|one| one == age);
                let labels = [vec![branch_label(branch)], decided(&actor, event)].concat();
                rows.add(labels, column, number);
            }
        }
        Ok(rows)
    }

    /// Why a document or an address was decided about is KYC data, as in the history.
    async fn decisions(
        &self,
        clients: &Clients,
        caller: &Caller,
        period: ReportPeriod,
    ) -> Result<Rows, Error> {
        let sees_kyc = caller.may(Permission::KycRead);
        let mut rows = Rows::new(self.report);
        let groups = self.tallied(&mut rows, &DECISIONS, TallyBy::Reason, (clients, period)).await?;
        for ((event, member), number) in groups {
            if let TallyMember::Reason(actor, code) = member {
                let shown = code.as_ref().filter(|_| sees_kyc || !KYC_DECISIONS.contains(&event));
                let code = shown.map(|code: &ReasonCode| code.as_str().to_owned());
                rows.add([decided(&actor, event), vec![code]].concat(), Some(0), number);
            }
        }
        Ok(rows)
    }

    async fn endings(&self, clients: &Clients, period: ReportPeriod) -> Result<Rows, Error> {
        let mut rows = Rows::new(self.report);
        let months: Vec<_> =
            period.months().into_iter().map(|(first, _)| vec![Some(month_name(first))]).collect();
        for month in &months {
            rows.row(month.clone());
        }
        let groups = self.tallied(&mut rows, &ENDINGS, TallyBy::Period, (clients, period)).await?;
        for ((event, member), number) in groups {
            if let TallyMember::Period(place) = member
                && let Some(month) = months.get(place)
            {
                rows.add(month.clone(), ENDINGS.into_iter().position(|one| one == event), number);
            }
        }
        Ok(rows)
    }

    async fn tallied(
        &self,
        rows: &mut Rows,
        events: &[EventKind],
        by: TallyBy,
        (clients, period): (&Clients, ReportPeriod),
    ) -> Result<BTreeMap<TallyGroup, u64>, Error> {
        let moments = match by {
            TallyBy::Period => period.moments(&clients.calendar),
            TallyBy::Reason | TallyBy::Wait => period.bounds(&clients.calendar),
        };
        let branch = self.branch.clone();
        let tallying = Tallying { events: events.to_vec(), branch, moments, by, lines: LINES };
        let tallied = clients.store.tally(&tallying).await.map_err(Error::of_query)?;
        rows.is_complete &= tallied.is_complete;
        Ok(tallied.groups)
    }
}

fn branch_label(branch: Option<BranchKey>) -> Option<String> {
    branch.map(|branch| branch.as_str().to_owned())
}

fn decided(actor: &ActorId, event: EventKind) -> Vec<Option<String>> {
    vec![Some(actor.as_str().to_owned()), Some(event.name().to_owned())]
}

/// A filter with values of ours, which nothing is wrong with. If there were, it would find no client.
fn checked(filter: &Filter) -> Predicate {
    filter.check().unwrap_or(Predicate::Any(Vec::new()))
}
