//! The port and the settings of exports, and how many run.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;
use crate::export::rules::ExportRules;
use crate::ports::export_log::ExportLog;

/// The port and the settings of exports.
#[derive(Clone)]
pub(crate) struct ExportOffice {
    pub(crate) log: Arc<dyn ExportLog>,
    pub(crate) rules: ExportRules,
    running: Arc<AtomicUsize>,
}

impl ExportOffice {
    pub(crate) fn new(log: Arc<dyn ExportLog>, rules: ExportRules) -> Self {
        Self { log, rules, running: Arc::default() }
    }

    /// A place for one more export, if there is one.
    pub(crate) fn place(&self) -> Result<ExportPlace, Error> {
        let max = self.rules.max_at_once;
        let one_more = |running: usize| (running < max).then_some(running + 1);
        let taken = self.running.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        taken.map(|_| ExportPlace(self.running.clone())).map_err(|_| Error::TooManyExports { max })
    }
}

/// The place of an export that runs, until it is dropped.
#[derive(Debug)]
pub(crate) struct ExportPlace(Arc<AtomicUsize>);

impl Drop for ExportPlace {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for ExportOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportOffice").field("rules", &self.rules).finish_non_exhaustive()
    }
}
