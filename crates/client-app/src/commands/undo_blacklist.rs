use client_domain::lifecycle::Action;
use client_domain::reason::ReasonedOperation;
use client_domain::value::{Notes, Reason, ReasonCode};
use client_domain::{Justification, Permission};

use super::state_change::StateChange;
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::commands::state_change::StateChanged;
use crate::error::Error;
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::request_digest::RequestDigest;
use crate::spine::plan::Step;

/// Removes a client from the blacklist; its approval is pending again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoBlacklist {
    /// The client.
    pub client: ClientRef,
    /// The reason; it is part of the history.
    pub reason: Reason,
    /// The code of the reason, mandatory if the bank lists codes for this command.
    pub code: Option<ReasonCode>,
    /// Notes for the history.
    pub notes: Option<Notes>,
}

impl Sealed for UndoBlacklist {}

impl Command for UndoBlacklist {
    const NAME: &'static str = "UndoBlacklistCustomerCommand";
    const PERMISSION: Permission = Permission::Blacklist;
    type Outcome = StateChanged;

    fn outcome(decided: &Decided<'_>) -> Option<StateChanged> {
        Some(StateChanged::of(decided))
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, reason, code, notes } = self;
        client.digest(digest);
        digest.text(reason.as_str());
        digest.text(notes.as_ref().map(|notes| notes.as_str()));
        digest.code(code.as_ref());
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        let code =
            resources.coded_reason(ReasonedOperation::Action(Action::UndoBlacklist), self.code.as_ref())?;
        let justification = Justification { reason: Some(self.reason), code, notes: self.notes };
        Ok(Step::change(StateChange::new(Action::UndoBlacklist, self.client, justification)))
    }
}
