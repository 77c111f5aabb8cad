//! What approve, reject, blacklist, undo and exit have in common: a client, grounds, and a row of the
//! lifecycle table. Their files say what differs.

use client_domain::client::Decision;
use client_domain::lifecycle::{Action, Facts, Guard, Operation, TRANSITIONS};
use client_domain::value::{Notes, Reason};
use client_domain::{Client, ClientEvent, Grounds, Refusal, Stamp};
use serde_json::{Map, Value};

use super::{approve, blacklist, client, exit, reject, undo_blacklist};
use crate::Failure;
use crate::command::{ClientCommand, Command};
use crate::form::Form;
use crate::ports::ClientRef;
use crate::spec::OperationSpec;

/// What one of these commands is called and answers.
pub(crate) struct StateChange {
    pub(crate) spec: &'static OperationSpec,
    pub(crate) action: Action,
    /// The member that holds the reason, where the action needs one.
    pub(crate) reason: Option<&'static str>,
    /// The member that holds a remark.
    pub(crate) notes: &'static str,
    pub(crate) message: &'static str,
    pub(crate) reply: fn(&Client, &Grounds, &Stamp) -> Value,
}

const ALL: [&StateChange; 5] =
    [&approve::CHANGE, &reject::CHANGE, &blacklist::CHANGE, &undo_blacklist::CHANGE, &exit::CHANGE];

struct ChangeState {
    change: &'static StateChange,
    client: ClientRef,
    grounds: Grounds,
}

pub(crate) fn parse(spec: &'static OperationSpec, mut form: Form<'_>) -> Result<Command, Failure> {
    let change = ALL.into_iter().find(|change| change.spec.name == spec.name);
    let client = client(&mut form);
    let command = change.and_then(|change| {
        let reason = change.reason.and_then(|name| form.required(name, Reason::parse));
        let notes = form.optional(change.notes, Notes::parse);
        Some(ChangeState { change, client: client?, grounds: Grounds { reason, notes } })
    });
    form.finish(command).map(|command| Command::Existing(Box::new(command)))
}

impl ClientCommand for ChangeState {
    fn spec(&self) -> &'static OperationSpec {
        self.change.spec
    }

    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn needs_accounts(&self) -> bool {
        let mut rows = TRANSITIONS.iter().filter(|row| row.action == self.change.action);
        rows.any(|row| row.guards.contains(&Guard::NoOpenAccounts))
    }

    fn decides_unseen(&self) -> bool {
        Operation::Action(self.change.action).is_decision()
    }

    fn decide(&self, client: &Client, facts: &Facts, stamp: &Stamp) -> Result<Decision, Refusal> {
        let change = client.perform(self.change.action, self.grounds.clone(), facts, stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }

    fn reply(
        &self,
        client: &Client,
        _event: Option<&ClientEvent>,
        stamp: &Stamp,
    ) -> (String, Map<String, Value>) {
        let data = (self.change.reply)(client, &self.grounds, stamp);
        (self.change.message.to_owned(), crate::reply::members(data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_asks_for_a_reason_exactly_if_the_table_does() {
        for change in ALL {
            for row in TRANSITIONS.iter().filter(|row| row.action == change.action) {
                assert_eq!(change.reason.is_some(), row.reason_needed, "{}", change.spec.name);
                assert_eq!(change.spec.permission, row.permission, "{}", change.spec.name);
            }
        }
    }
}
