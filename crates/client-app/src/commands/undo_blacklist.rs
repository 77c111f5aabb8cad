use client_domain::lifecycle::Action;
use client_domain::value::{Notes, Reason};
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
        let Self { client, reason, notes } = self;
        client.digest(digest);
        digest.text(reason.as_str());
        digest.text(notes.as_ref().map(|notes| notes.as_str()));
    }

    fn step(self, _resources: &Resources<'_>) -> Result<Step, Error> {
        let justification = Justification { reason: Some(self.reason), notes: self.notes };
        Ok(Step::change(StateChange { action: Action::UndoBlacklist, client: self.client, justification }))
    }
}
