//! What a person can do with a batch.

use crate::visit::Visit;

/// An action with a batch.
#[derive(Debug)]
pub(crate) struct BatchAction {
    /// Its name in forms and texts.
    pub(crate) slug: &'static str,
    /// The command that does it.
    pub(crate) command: &'static str,
}

/// The actions in the order of the page.
pub(crate) const ACTIONS: [BatchAction; 4] = [
    BatchAction { slug: "confirm", command: "ConfirmBatchCommand" },
    BatchAction { slug: "pause", command: "PauseBatchCommand" },
    BatchAction { slug: "resume", command: "ResumeBatchCommand" },
    BatchAction { slug: "stop", command: "StopBatchCommand" },
];

impl BatchAction {
    /// The action with this name.
    pub(crate) fn find(slug: &str) -> Option<&'static Self> {
        ACTIONS.iter().find(|action| action.slug == slug)
    }

    /// What its button says.
    pub(crate) fn label(&self, visit: &Visit) -> String {
        visit.language.word("batchaction", self.slug)
    }

    /// What a person is asked before it is done.
    pub(crate) fn question(&self, visit: &Visit) -> String {
        visit.language.word("batchquestion", self.slug)
    }
}
