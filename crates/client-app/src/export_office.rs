//! The port and the settings of exports, and whose run.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use client_domain::ActorId;

use crate::error::Error;
use crate::export::rules::ExportRules;
use crate::ports::export_log::ExportLog;

/// The callers whose exports run; each has one.
type Running = Arc<Mutex<Vec<ActorId>>>;

/// The port and the settings of exports.
#[derive(Clone)]
pub(crate) struct ExportOffice {
    pub(crate) log: Arc<dyn ExportLog>,
    pub(crate) rules: ExportRules,
    running: Running,
}

impl ExportOffice {
    pub(crate) fn new(log: Arc<dyn ExportLog>, rules: ExportRules) -> Self {
        Self { log, rules, running: Arc::default() }
    }

    /// A place for an export of this caller, if there is one and none of the caller's own runs.
    pub(crate) fn place(&self, by: &ActorId) -> Result<ExportPlace, Error> {
        let max = self.rules.max_at_once;
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.contains(by) {
            return Err(Error::ExportRuns);
        }
        if running.len() >= max {
            return Err(Error::TooManyExports { max });
        }
        running.push(by.clone());
        Ok(ExportPlace { by: by.clone(), running: self.running.clone() })
    }
}

/// The place of an export that runs, until it is dropped.
pub(crate) struct ExportPlace {
    by: ActorId,
    running: Running,
}

impl Drop for ExportPlace {
    fn drop(&mut self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).retain(|by| *by != self.by);
    }
}

impl fmt::Debug for ExportOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportOffice").field("rules", &self.rules).finish_non_exhaustive()
    }
}
