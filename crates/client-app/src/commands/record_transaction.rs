use client_domain::client::{Decision, Transaction};
use client_domain::lifecycle::Facts;
use client_domain::value::{ClientKey, Version};
use client_domain::{AuditStamp, Client, ClientState, Permission, Refusal};
use serde::{Deserialize, Serialize};

use super::sealed::Sealed;
use super::{Command, Resources, outcome};
use crate::ports::ClientRef;
use crate::spine::{Decide, Step};
use crate::{Decided, Error, RequestDigest};

/// Records a transaction of a client; the first one activates an approved client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordTransaction {
    /// The client.
    pub client: ClientRef,
    /// The transaction of the ledger.
    pub transaction: Transaction,
}

/// A transaction was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionRecorded {
    /// The client.
    #[serde(with = "outcome::stored")]
    pub client: ClientKey,
    /// The state after the command.
    #[serde(with = "outcome::stored")]
    pub state: ClientState,
    /// The version after the command.
    #[serde(with = "outcome::stored")]
    pub version: Version,
    /// Whether this transaction activated the client.
    pub activated: bool,
}

impl Sealed for RecordTransaction {}

impl Command for RecordTransaction {
    const NAME: &'static str = "RecordCustomerTransactionCommand";
    const PERMISSION: Permission = Permission::Transactions;
    type Outcome = TransactionRecorded;

    fn outcome(decided: &Decided<'_>) -> Option<TransactionRecorded> {
        Some(TransactionRecorded {
            client: decided.client.key().clone(),
            state: decided.client.state(),
            version: decided.client.version(),
            activated: decided.event.is_some(),
        })
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, transaction: Transaction { reference, date } } = self;
        client.digest(digest);
        digest.text(reference.as_str());
        digest.text(date.map(|date| date.to_string()).as_deref());
    }

    fn step(self, _resources: &Resources<'_>) -> Result<Step, Error> {
        Ok(Step::change(self))
    }
}

impl Decide for RecordTransaction {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        client.record_transaction(self.transaction.clone(), stamp)
    }
}
