use client_domain::client::Decision;
use client_domain::lifecycle::Facts;
use client_domain::value::{ClientKey, Notes, Version};
use client_domain::{AuditStamp, Client, Permission, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::stored;
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::request_digest::RequestDigest;
use crate::spine::plan::{Decide, Step};

/// Requests the approval of a client; only one request can be open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestApproval {
    /// The client.
    pub client: ClientRef,
    /// Notes for the history.
    pub notes: Option<Notes>,
}

/// An approval request was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRequested {
    /// The client.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The version after the command.
    #[serde(with = "stored")]
    pub version: Version,
    /// The time, UTC.
    #[serde(with = "stored")]
    pub at: Timestamp,
}

impl Sealed for RequestApproval {}

impl Command for RequestApproval {
    const NAME: &'static str = "RequestCustomerApprovalCommand";
    const PERMISSION: Permission = Permission::Write;
    type Outcome = ApprovalRequested;

    fn outcome(decided: &Decided<'_>) -> Option<ApprovalRequested> {
        Some(ApprovalRequested {
            client: decided.client.key().clone(),
            version: decided.client.version(),
            at: decided.stamp.at,
        })
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, notes } = self;
        client.digest(digest);
        digest.text(notes.as_ref().map(|notes| notes.as_str()));
    }

    fn step(self, _resources: &Resources<'_>) -> Result<Step, Error> {
        Ok(Step::change(self))
    }
}

impl Decide for RequestApproval {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let change = client.request_approval(self.notes.clone(), stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }
}
