use client_domain::Permission;
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::outbox::{Backlog, DeadLetter, EventId};
use crate::query::Query;
use crate::query::sealed::Sealed;
use crate::readiness::{JobReport, Readiness};

/// What an operator looks at: readiness, background jobs, the events that wait, and a page of dead letters.
#[derive(Clone, Debug)]
pub struct GetOperations {
    /// The dead letter after which the page begins.
    pub after: Option<EventId>,
    /// The maximum number of dead letters.
    pub limit: usize,
}

/// The state of the service.
#[derive(Clone, Debug)]
pub struct OperationsReport {
    /// Every check of readiness.
    pub readiness: Readiness,
    /// The background jobs of this instance.
    pub jobs: Vec<JobReport>,
    /// The undelivered events in numbers.
    pub backlog: Backlog,
    /// Dead letters in the order of their ids.
    pub dead_letters: Vec<DeadLetter>,
    /// The last dead letter of the page, if more follow.
    pub next: Option<EventId>,
    /// The time of the answer, which lags are worked out from.
    pub now: Timestamp,
}

impl Sealed for GetOperations {}

impl Query for GetOperations {
    const PERMISSION: Option<Permission> = Some(Permission::Operations);
    type Answer = OperationsReport;

    async fn answer(
        self,
        clients: &Clients,
        _caller: &Caller,
        now: Timestamp,
    ) -> Result<OperationsReport, Error> {
        let back_office = clients.back_office()?;
        let outbox = &back_office.outbox;
        let backlog = outbox.backlog().await.map_err(Error::of_query)?;
        // One more than is needed says whether more follow.
        let page = outbox.dead_letters(self.after.as_ref(), self.limit + 1).await;
        let mut dead_letters = page.map_err(Error::of_query)?;
        let has_more = dead_letters.len() > self.limit;
        dead_letters.truncate(self.limit);
        let next = dead_letters.last().filter(|_| has_more).map(|letter| letter.event.id.clone());
        let readiness = clients.ready().await;
        let jobs = back_office.job_reports();
        Ok(OperationsReport { readiness, jobs, backlog, dead_letters, next, now })
    }
}
