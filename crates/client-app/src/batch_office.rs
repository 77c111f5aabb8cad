//! The port and the settings of batches.

use std::fmt;
use std::sync::Arc;

use crate::batch::rules::BatchRules;
use crate::ports::batches::Batches;

/// The port and the settings of batches.
#[derive(Clone)]
pub(crate) struct BatchOffice {
    pub(crate) batches: Arc<dyn Batches>,
    pub(crate) rules: BatchRules,
}

impl fmt::Debug for BatchOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchOffice").field("rules", &self.rules).finish_non_exhaustive()
    }
}
