//! What a person can do with a batch.

use crate::visit::Visit;

/// An action with a batch.
#[derive(Debug)]
pub(crate) struct BatchAction {
    /// Its name in forms and texts.
    pub(crate) slug: &'static str,
    /// The command that does it.
    pub(crate) command: &'static str,
    /// The command whose proof of the person it needs: what lets rows be executed decides about them.
    pub(crate) proof: &'static str,
}

/// The actions in the order of the page.
pub(crate) const ACTIONS: [BatchAction; 4] = [
    BatchAction { slug: "confirm", command: "ConfirmBatchCommand", proof: "ConfirmBatchCommand" },
    BatchAction { slug: "pause", command: "PauseBatchCommand", proof: "PauseBatchCommand" },
    BatchAction { slug: "resume", command: "ResumeBatchCommand", proof: "ConfirmBatchCommand" },
    BatchAction { slug: "stop", command: "StopBatchCommand", proof: "StopBatchCommand" },
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
