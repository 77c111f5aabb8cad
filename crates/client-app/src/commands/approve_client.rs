use client_domain::Permission;
use client_domain::lifecycle::Action;
use client_domain::value::{ClientKey, Notes};

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
/// If the policy requires four eyes, no caller approves a client that they have changed since its last approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproveClient {
    /// The client.
    pub client: ClientRef,
    /// Notes for the history.
    pub notes: Option<Notes>,
    /// The look-alikes that the caller has compared with the client, by their keys. If the policy requires the review,
    /// every look-alike must be among them.
    pub reviewed_look_alikes: Vec<ClientKey>,
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
        let Self { client, notes, reviewed_look_alikes } = self;
        client.digest(digest);
        digest.text(notes.as_ref().map(|notes| notes.as_str()));
        digest.text(&*reviewed_look_alikes.len().to_string());
        for key in reviewed_look_alikes {
            digest.text(key.as_str());
        }
    }

    fn step(self, _resources: &Resources<'_>) -> Result<Step, Error> {
        let Self { client, reviewed_look_alikes, notes } = self;
        let change = StateChange::new(Action::Approve, client, notes.into());
        Ok(Step::change(StateChange { reviewed_look_alikes, ..change }))
    }
}
