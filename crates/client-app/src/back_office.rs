//! What people at work need beside the clients.

use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::ports::outbox::Outbox;
use crate::ports::saved_views::SavedViews;
use crate::ports::work_items::WorkItems;
use crate::readiness::{JobReport, JobReports};

/// How long a claimed item is held, unless a program says otherwise.
const CLAIM: SignedDuration = SignedDuration::from_mins(10);

/// The ports and settings of the work queue, of saved views and of operations.
#[derive(Clone)]
pub struct BackOffice {
    pub(crate) work_items: Arc<dyn WorkItems>,
    pub(crate) views: Arc<dyn SavedViews>,
    pub(crate) outbox: Arc<dyn Outbox>,
    pub(crate) jobs: Option<Arc<dyn JobReports>>,
    pub(crate) claim: SignedDuration,
}

impl BackOffice {
    /// The queue, the saved views and the outbox of the storage of the clients, with claims of ten minutes.
    pub fn new(work_items: Arc<dyn WorkItems>, views: Arc<dyn SavedViews>, outbox: Arc<dyn Outbox>) -> Self {
        Self { work_items, views, outbox, jobs: None, claim: CLAIM }
    }

    /// Reports these background jobs to operators.
    #[must_use]
    pub fn with_jobs(mut self, jobs: Arc<dyn JobReports>) -> Self {
        self.jobs = Some(jobs);
        self
    }

    /// Sets how long a claimed item is held.
    #[must_use]
    pub const fn with_claims_of(mut self, claim: SignedDuration) -> Self {
        self.claim = claim;
        self
    }
}

impl BackOffice {
    /// The background jobs of this process, if it has any.
    pub(crate) fn job_reports(&self) -> Vec<JobReport> {
        self.jobs.as_ref().map(|jobs| jobs.jobs()).unwrap_or_default()
    }
}

impl fmt::Debug for BackOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackOffice").field("claim", &self.claim).finish_non_exhaustive()
    }
}
