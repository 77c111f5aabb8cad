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
}

impl Decide for StateChange {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn needs_accounts(&self) -> bool {
        let mut rows = TRANSITIONS.iter().filter(|row| row.action == self.action);
        rows.any(|row| row.guards.contains(&Guard::NoOpenAccounts))
    }

    fn decides_unseen(&self) -> bool {
        Operation::Action(self.action).is_decision()
    }

    fn decide(&self, client: &Client, facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let change = client.perform(self.action, self.justification.clone(), facts, stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }
}

#[cfg(test)]
mod tests {
    use client_domain::Permission;

    use super::super::{ApproveClient, BlacklistClient, Command, ExitClient, RejectClient, UndoBlacklist};
    use super::*;

    #[test]
    fn command_needs_the_permission_of_its_row() {
        let commands: [(Action, Permission); 5] = [
            (Action::Approve, ApproveClient::PERMISSION),
            (Action::Reject, RejectClient::PERMISSION),
            (Action::Blacklist, BlacklistClient::PERMISSION),
            (Action::UndoBlacklist, UndoBlacklist::PERMISSION),
            (Action::Exit, ExitClient::PERMISSION),
        ];
        for (action, permission) in commands {
            for row in TRANSITIONS.iter().filter(|row| row.action == action) {
                assert_eq!(permission, row.permission, "{}", action.name());
            }
        }
    }
}
