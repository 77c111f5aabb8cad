use client_domain::lifecycle::Action;
use client_domain::value::Notes;
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

/// Approves a client whose approval is pending.
///
/// If the policy requires four eyes, no caller approves a client that they have changed since its last decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproveClient {
    /// The client.
    pub client: ClientRef,
    /// Notes for the history.
    pub notes: Option<Notes>,
}

impl Sealed for ApproveClient {}

impl Command for ApproveClient {
    const NAME: &'static str = "ApproveCustomerCommand";
    const PERMISSION: Permission = Permission::Approve;
    type Outcome = StateChanged;

    fn outcome(decided: &Decided<'_>) -> Option<StateChanged> {
        Some(StateChanged::of(decided))
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, notes } = self;
        client.digest(digest);
        digest.text(notes.as_ref().map(|notes| notes.as_str()));
    }

    fn step(self, _resources: &Resources<'_>) -> Result<Step, Error> {
        let justification = Justification { reason: None, notes: self.notes };
        Ok(Step::change(StateChange { action: Action::Approve, client: self.client, justification }))
    }
}
