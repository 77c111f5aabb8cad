use std::collections::BTreeMap;

use client_domain::Permission;
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::error::StoreError;
use crate::ports::outbox::{Backlog, DeadLetter, DeadLetterKey, Outbox, ReceiverName};
use crate::query::Query;
use crate::query::sealed::Sealed;
use crate::readiness::{CheckName, JobReport, Readiness};

/// What an operator looks at: readiness, background jobs, the events that wait, and a page of dead letters.
#[derive(Clone, Debug)]
pub struct GetOperations {
    /// The dead letter after which the page begins.
    pub after: Option<DeadLetterKey>,
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
    /// The undelivered events; `None` while the storage does not answer, which `readiness` says.
    pub undelivered: Option<Undelivered>,
    /// The time of the answer, which lags are worked out from.
    pub now: Timestamp,
}

/// The events that were not delivered yet.
#[derive(Clone, Debug)]
pub struct Undelivered {
    /// All of them in numbers, by receiver.
    pub backlog: BTreeMap<ReceiverName, Backlog>,
    /// A page of the dead letters, in the order of their keys.
    pub dead_letters: Vec<DeadLetter>,
    /// The last dead letter of the page, if more follow.
    pub next: Option<DeadLetterKey>,
}

impl Undelivered {
    /// All receivers together.
    pub fn total(&self) -> Backlog {
        let backlogs = || self.backlog.values();
        Backlog {
            oldest: backlogs().filter_map(|backlog| backlog.oldest).min(),
            dead: backlogs().map(|backlog| backlog.dead).sum(),
        }
    }
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
        let jobs = back_office.job_reports();
        let readiness = clients.ready().await;
        // An operator asks while something is wrong, so a storage that is away costs only what is read from it.
        let undelivered = if readiness.failed().any(|check| check.name == CheckName::Reads) {
            None
        } else {
            self.undelivered(&*back_office.outbox).await?
        };
        Ok(OperationsReport { readiness, jobs, undelivered, now })
    }
}

impl GetOperations {
    /// What the outbox holds; `None` if the storage was lost since it was checked.
    async fn undelivered(&self, outbox: &dyn Outbox) -> Result<Option<Undelivered>, Error> {
        match self.read(outbox).await {
            Ok(undelivered) => Ok(Some(undelivered)),
            Err(StoreError::Unavailable(_) | StoreError::TimedOut(_)) => Ok(None),
            Err(error) => Err(Error::of_query(error)),
        }
    }

    async fn read(&self, outbox: &dyn Outbox) -> Result<Undelivered, StoreError> {
        let backlog = outbox.backlog().await?;
        // One more than is needed says whether more follow.
        let mut dead_letters = outbox.dead_letters(self.after.as_ref(), self.limit + 1).await?;
        let has_more = dead_letters.len() > self.limit;
        dead_letters.truncate(self.limit);
        let next = dead_letters.last().filter(|_| has_more).map(DeadLetter::key);
        Ok(Undelivered { backlog, dead_letters, next })
    }
}
