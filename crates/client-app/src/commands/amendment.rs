//! The common part of the two decisions about an amendment. The file of each command has the rest.

use client_domain::client::{AmendmentDecision, AmendmentId, ClientField, Decision};
use client_domain::lifecycle::Facts;
use client_domain::value::{ClientKey, Version};
use client_domain::{AuditStamp, Client, Justification, Refusal};
use serde::{Deserialize, Serialize};

use super::{stored, stored_list};
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::spine::plan::Decide;

/// An amendment was decided about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmendmentDecided {
    /// The client.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The amendment.
    #[serde(with = "stored")]
    pub amendment: AmendmentId,
    /// The version of the client after the decision.
    #[serde(with = "stored")]
    pub version: Version,
    /// The fields whose value has changed; without values if the amendment was rejected.
    #[serde(with = "stored_list")]
    pub changed: Vec<ClientField>,
}

impl AmendmentDecided {
    pub(super) fn of(decided: &Decided<'_>) -> Option<Self> {
        let event = decided.event?;
        Some(Self {
            client: decided.client.key().clone(),
            amendment: event.amendment.clone()?,
            version: decided.client.version(),
            changed: event.changed.clone(),
        })
    }
}

/// A decision about an amendment.
pub(super) struct DecideAmendment {
    client: ClientRef,
    amendment: AmendmentId,
    decision: AmendmentDecision,
    justification: Justification,
}

impl DecideAmendment {
    pub(super) fn new(
        amendment: AmendmentId,
        decision: AmendmentDecision,
        justification: Justification,
    ) -> Self {
        Self { client: ClientRef::Key(amendment.client().clone()), amendment, decision, justification }
    }
}

impl Decide for DecideAmendment {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let justification = self.justification.clone();
        let change = client.decide_amendment(&self.amendment, self.decision, justification, stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ApproveAmendment, Command, RejectAmendment};
    use super::*;

    #[test]
    fn command_needs_the_permission_of_its_row() {
        for (decision, permission) in [
            (AmendmentDecision::Approve, ApproveAmendment::PERMISSION),
            (AmendmentDecision::Reject, RejectAmendment::PERMISSION),
        ] {
            assert_eq!(permission, decision.row().permission);
        }
    }
}
