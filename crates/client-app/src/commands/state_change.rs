//! The common part of approve, reject, blacklist, undo and exit: a client, a justification, and a row of the
//! lifecycle table. The file of each command has the rest.

use client_domain::client::Decision;
use client_domain::lifecycle::{Action, Facts, Guard, Operation, TRANSITIONS};
use client_domain::value::{ClientKey, Version};
use client_domain::{AuditStamp, Client, ClientState, Justification, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::stored;
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::spine::facts::Needs;
use crate::spine::plan::Decide;

/// The state of a client has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChanged {
    /// The client.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The state after the command.
    #[serde(with = "stored")]
    pub state: ClientState,
    /// The version after the command.
    #[serde(with = "stored")]
    pub version: Version,
    /// The time, UTC.
    #[serde(with = "stored")]
    pub at: Timestamp,
}

impl StateChanged {
    pub(super) fn of(decided: &Decided<'_>) -> Self {
        Self {
            client: decided.client.key().clone(),
            state: decided.client.state(),
            version: decided.client.version(),
            at: decided.stamp.at,
        }
    }
}

/// An action of the lifecycle table that a person initiates.
pub(super) struct StateChange {
    pub(super) action: Action,
    pub(super) client: ClientRef,
    pub(super) justification: Justification,
    /// The look-alikes that the caller has compared with the client.
    pub(super) reviewed_look_alikes: Vec<ClientKey>,
}

impl StateChange {
    pub(super) const fn new(action: Action, client: ClientRef, justification: Justification) -> Self {
        Self { action, client, justification, reviewed_look_alikes: Vec::new() }
    }

    fn has_guard(&self, guard: Guard) -> bool {
        let mut rows = TRANSITIONS.iter().filter(|row| row.action == self.action);
        rows.any(|row| row.guards.contains(&guard))
    }
}

impl Decide for StateChange {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn needs(&self) -> Needs {
        Needs {
            ending: self.has_guard(Guard::NotWithdrawn),
            accounts: self.has_guard(Guard::NoOpenAccounts),
            look_alikes: self.has_guard(Guard::LookAlikesReviewed),
        }
    }

    fn decides_unseen(&self) -> bool {
        Operation::Action(self.action).is_decision()
    }

    fn decide(&self, client: &Client, facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let mut facts = facts.clone();
        facts.unreviewed_look_alikes.retain(|key| !self.reviewed_look_alikes.contains(key));
        let change = client.perform(self.action, self.justification.clone(), &facts, stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }
}

#[cfg(test)]
mod tests {
    use client_domain::Permission;

    use super::super::{ApproveClient, BlacklistClient, Command, ExitClient, RejectClient, UndoBlacklist};
    use super::super::{UndoRejection, WithdrawClient};
    use super::*;

    #[test]
    fn command_needs_the_permission_of_its_row() {
        let commands: [(Action, Permission); 7] = [
            (Action::Approve, ApproveClient::PERMISSION),
            (Action::Reject, RejectClient::PERMISSION),
            (Action::UndoReject, UndoRejection::PERMISSION),
            (Action::Blacklist, BlacklistClient::PERMISSION),
            (Action::UndoBlacklist, UndoBlacklist::PERMISSION),
            (Action::Exit, ExitClient::PERMISSION),
            (Action::Withdraw, WithdrawClient::PERMISSION),
        ];
        for (action, permission) in commands {
            for row in TRANSITIONS.iter().filter(|row| row.action == action) {
                assert_eq!(Some(permission), row.permission, "{}", action.name());
            }
        }
    }
}
