//! The facts of a decision.

use std::collections::BTreeMap;

use client_domain::client::allowed;
use client_domain::lifecycle::{Action, Activity, Facts, Guard, OpenAccounts, Operation, transition};
use client_domain::value::ClientKey;
use client_domain::{ClaimKind, Client, ClientState, Refusal};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::error::Refused;
use crate::policy::OnUnanswered;
use crate::ports::ending::Ending;

/// What a decision needs to know of other systems and other clients.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outside {
    /// The accounts of the client.
    pub(crate) open_accounts: OpenAccounts,
    /// How the client ended.
    pub(crate) ending: Ending,
    /// The look-alikes that the policy requires a review of.
    pub(crate) look_alikes: Vec<ClientKey>,
    /// The clients that have the values of an ended application, for an explanation.
    pub(crate) duplicates: BTreeMap<ClaimKind, Vec<ClientKey>>,
}

/// What a command asks of other systems and other clients, which costs a call or a few searches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    pub(crate) accounts: bool,
    /// How the client ended, and whether it has returned.
    pub(crate) ending: bool,
    pub(crate) look_alikes: bool,
}

impl Clients {
    /// The facts from policies and directories.
    pub(crate) fn facts(&self, client: &Client, outside: Outside, now: Timestamp) -> Facts {
        let kyc_policy = self.kyc_policy();
        Facts {
            kyc: kyc_policy.demand(client, self.calendar.day_of(now)),
            four_eyes: self.policy.four_eyes,
            approval_needs_request: self.policy.approval_needs_request,
            two_persons: kyc_policy.two_persons,
            decisions_need_version: self.policy.decisions_need_version,
            withdrawn: outside.ending.withdrawn,
            returned_as: outside.ending.returned_as,
            exited_blacklisted: outside.ending.exited_blacklisted,
            open_accounts: outside.open_accounts,
            unreviewed_look_alikes: outside.look_alikes,
            duplicates: outside.duplicates,
        }
    }

    /// The facts of a decision; accounts and look-alikes only for a command that depends on them.
    pub(crate) async fn facts_of_decision(
        &self,
        client: &Client,
        needs: Needs,
        now: Timestamp,
    ) -> Result<Facts, Error> {
        let mut outside = Outside::default();
        if needs.accounts {
            outside.open_accounts = self.open_accounts_in_state(client).await;
        }
        if needs.ending {
            outside.ending = self.ending(client).await.map_err(Error::of_load)?;
        }
        if needs.look_alikes {
            outside.look_alikes = self.look_alikes_to_review(client).await.map_err(Error::of_load)?;
        }
        Ok(self.facts(client, outside, now))
    }

    /// The open accounts of a client, asked of their directory.
    async fn open_accounts(&self, client: &Client) -> OpenAccounts {
        match (self.accounts.open_accounts(client.key()).await, self.policy.unanswered_accounts) {
            (Ok(accounts), _) => accounts,
            (Err(error), on_unanswered) => {
                let allowed = on_unanswered == OnUnanswered::Allow;
                tracing::warn!(
                    cause = error.into_cause(),
                    allowed,
                    "the directory of accounts gave no answer"
                );
                if allowed { OpenAccounts::Unknown } else { OpenAccounts::Unanswered }
            }
        }
    }

    /// The open accounts, asked only if the client's state has an action that depends on them.
    pub(crate) async fn open_accounts_in_state(&self, client: &Client) -> OpenAccounts {
        if depends_on(client.state(), Guard::NoOpenAccounts) {
            self.open_accounts(client).await
        } else {
            OpenAccounts::Unknown
        }
    }

    /// The operations that this caller can do with the client now.
    ///
    /// Other systems and other clients are asked only if the result depends on them.
    /// `ending` is how it ended, if that could be read.
    pub(crate) async fn allowed(
        &self,
        client: &Client,
        caller: &Caller,
        ending: Option<Ending>,
        now: Timestamp,
    ) -> Vec<Operation> {
        let accounts = if asks(client, caller, Guard::NoOpenAccounts) {
            self.open_accounts(client).await
        } else {
            OpenAccounts::Unknown
        };
        self.allowed_with(client, caller, accounts, ending, now).await
    }

    async fn allowed_with(
        &self,
        client: &Client,
        caller: &Caller,
        open_accounts: OpenAccounts,
        ending: Option<Ending>,
        now: Timestamp,
    ) -> Vec<Operation> {
        let found = if asks(client, caller, Guard::LookAlikesReviewed) {
            self.look_alikes_to_review(client).await.ok()
        } else {
            Some(Vec::new())
        };
        let (is_unanswered, is_unread) = (found.is_none(), ending.is_none());
        // Without an answer the command would fail, too.
        let unanswered = || Ending { withdrawn: true, ..Ending::default() };
        let mut ending = ending.unwrap_or_else(unanswered);
        let duplicates = if asks(client, caller, Guard::NotWithdrawn) {
            self.duplicates_if_taken_up(client, &ending, caller).await.unwrap_or_else(|_| {
                ending = unanswered();
                BTreeMap::new()
            })
        } else {
            BTreeMap::new()
        };
        let look_alikes = found.unwrap_or_default();
        let facts = self.facts(client, Outside { open_accounts, ending, look_alikes, duplicates }, now);
        let mut operations = allowed(client, &caller.actor, &caller.permissions, &facts);
        // The command would fail, too.
        operations.retain(|operation| match operation {
            Operation::Action(action) => {
                !(is_unanswered && has_guard(client.state(), *action, Guard::LookAlikesReviewed))
            }
            Operation::Activity(activity) => !(is_unread && *activity == Activity::Return),
        });
        operations
    }

    /// A refusal, with the operations that are possible instead. `accounts` is what the decision knew of them.
    pub(crate) async fn refusal(
        &self,
        refusal: Refusal,
        client: &Client,
        caller: &Caller,
        accounts: OpenAccounts,
        now: Timestamp,
    ) -> Error {
        let ending = self.ending(client).await.ok();
        let allowed = match accounts {
            OpenAccounts::Unknown => self.allowed(client, caller, ending, now).await,
            // A directory that was asked for the decision is not asked again.
            accounts => self.allowed_with(client, caller, accounts, ending, now).await,
        };
        Error::Refused(Box::new(Refused { refusal, allowed }))
    }
}

/// Whether an action of this state has a guard.
pub(super) fn depends_on(state: ClientState, guard: Guard) -> bool {
    Action::ALL.into_iter().any(|action| has_guard(state, action, guard))
}

/// Whether this action has a guard in this state.
fn has_guard(state: ClientState, action: Action, guard: Guard) -> bool {
    transition(state, action).is_some_and(|row| row.guards.contains(&guard))
}

/// Whether the actions of this caller depend on a guard in the client's state.
fn asks(client: &Client, caller: &Caller, guard: Guard) -> bool {
    let permits = |action| {
        transition(client.state(), action)
            .and_then(|row| row.permission)
            .is_some_and(|needed| caller.may(needed))
    };
    Action::ALL.into_iter().any(|action| has_guard(client.state(), action, guard) && permits(action))
}
