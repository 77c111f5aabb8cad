//! The facts of a decision.

use client_domain::kyc::KycRequirements;
use client_domain::lifecycle::{Action, Facts, Guard, OpenAccounts, Operation, allowed, transition};
use client_domain::{Client, ClientState, Permissions, Refusal};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::error::Refused;

impl Clients {
    /// The facts from policies and directories.
    pub(crate) fn facts(&self, client: &Client, open_accounts: OpenAccounts, now: Timestamp) -> Facts {
        let required = self.kyc_policy.required_of(client.snapshot().customer_type);
        let kyc = KycRequirements {
            required: required.to_vec(),
            today: now.to_zoned_datetime(TimeZone::UTC).date(),
        };
        Facts {
            kyc: Some(kyc).filter(|kyc| !kyc.required.is_empty()),
            four_eyes: self.policy.four_eyes,
            approval_needs_request: self.policy.approval_needs_request,
            decisions_need_version: self.policy.decisions_need_version,
            open_accounts,
        }
    }

    /// The operations that this caller can do with the client now.
    ///
    /// Other systems are called only if the result depends on them. If one does not answer, its operations
    /// are omitted: the commands would fail too.
    pub(crate) async fn allowed(&self, client: &Client, caller: &Caller, now: Timestamp) -> Vec<Operation> {
        let asks = |action| needs_accounts(client.state(), action, &caller.permissions);
        let needed = Action::ALL.into_iter().any(asks);
        let accounts = if needed {
            self.accounts.open_accounts(client.key()).await.ok()
        } else {
            Some(OpenAccounts::Unknown)
        };
        let facts = self.facts(client, accounts.unwrap_or_default(), now);
        let all = allowed(client, &caller.actor, &caller.permissions, &facts).into_iter();
        let unanswered = |operation: &Operation| match operation {
            Operation::Action(action) => accounts.is_none() && asks(*action),
            Operation::Activity(_) => false,
        };
        all.filter(|operation| !unanswered(operation)).collect()
    }

    /// A refusal, with the operations that are possible instead.
    pub(crate) async fn refusal(
        &self,
        refusal: Refusal,
        client: &Client,
        caller: &Caller,
        now: Timestamp,
    ) -> Error {
        let allowed = self.allowed(client, caller, now).await;
        Error::Refused(Box::new(Refused { refusal, allowed }))
    }
}

/// Whether this action depends on open accounts, for a caller with these permissions in this state.
fn needs_accounts(state: ClientState, action: Action, permissions: &Permissions) -> bool {
    transition(state, action)
        .is_some_and(|row| row.guards.contains(&Guard::NoOpenAccounts) && permissions.holds(row.permission))
}
