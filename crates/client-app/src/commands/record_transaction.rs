use client_domain::client::{Decision, Transaction};
use client_domain::lifecycle::Facts;
use client_domain::value::{ClientKey, Version};
use client_domain::{AuditStamp, Client, ClientState, Permission, Refusal};
use serde::{Deserialize, Serialize};

use super::stored;
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::request_digest::RequestDigest;
use crate::spine::plan::{Decide, Step};

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
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The state after the command.
    #[serde(with = "stored")]
    pub state: ClientState,
    /// The version after the command.
    #[serde(with = "stored")]
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
