//! The common part of the four reviews: a document or an address, a row of the review table, and a comment.
//! The file of each command has the rest.

use client_domain::client::Decision;
use client_domain::kyc::{
    AddressId, DocumentId, KycItem, ReviewAction, ReviewJustification, Sha256, VerificationStatus,
};
use client_domain::lifecycle::{Activity, Facts, Operation};
use client_domain::value::{ClientKey, Version};
use client_domain::{AuditStamp, Client, Refusal};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::stored;
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::spine::plan::Decide;

/// A document was reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentReviewed {
    /// The client.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The document.
    #[serde(with = "stored")]
    pub document: DocumentId,
    /// The result.
    #[serde(with = "stored")]
    pub status: VerificationStatus,
    /// The version of the client after the review.
    #[serde(with = "stored")]
    pub version: Version,
}

impl DocumentReviewed {
    pub(super) fn of(decided: &Decided<'_>) -> Option<Self> {
        let id = decided.event?.kyc.as_ref()?.document()?;
        Some(Self {
            client: decided.client.key().clone(),
            document: id.clone(),
            status: decided.client.kyc().document(id)?.verification.status(),
            version: decided.client.version(),
        })
    }
}

/// Address information was reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressReviewed {
    /// The client.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The address information.
    #[serde(with = "stored")]
    pub address: AddressId,
    /// The result.
    #[serde(with = "stored")]
    pub status: VerificationStatus,
    /// The version of the client after the review.
    #[serde(with = "stored")]
    pub version: Version,
}

impl AddressReviewed {
    pub(super) fn of(decided: &Decided<'_>) -> Option<Self> {
        let id = decided.event?.kyc.as_ref()?.address()?;
        Some(Self {
            client: decided.client.key().clone(),
            address: id.clone(),
            status: decided.client.kyc().address(id)?.verification.status(),
            version: decided.client.version(),
        })
    }
}

/// The review of a document or of address information.
pub(super) struct Review {
    client: ClientRef,
    item: KycItem,
    action: ReviewAction,
    justification: ReviewJustification,
    /// The digest of the file that the reviewer has seen.
    seen: Option<Sha256>,
    /// The day of the bank, which decides what has expired.
    today: Date,
}

impl Review {
    pub(super) fn document(
        action: ReviewAction,
        id: DocumentId,
        justification: ReviewJustification,
        seen: Option<Sha256>,
        today: Date,
    ) -> Self {
        let client = ClientRef::Document(id.clone());
        Self { client, item: KycItem::Document(id), action, justification, seen, today }
    }

    pub(super) fn address(
        action: ReviewAction,
        id: AddressId,
        justification: ReviewJustification,
        today: Date,
    ) -> Self {
        let client = ClientRef::Address(id.clone());
        Self { client, item: KycItem::Address(id), action, justification, seen: None, today }
    }
}

impl Decide for Review {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decides_unseen(&self) -> bool {
        // An approval vouches for values of the client as well, such as the name, and the digest of the file says nothing of
        // them. A rejection is about the file alone.
        let is_seen = self.action == ReviewAction::Reject && self.seen.is_some();
        !is_seen && Operation::Activity(Activity::ReviewKyc).is_decision()
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let (action, justification) = (self.action, self.justification.clone());
        let change = match &self.item {
            KycItem::Document(id) => {
                client.review_seen_document(id, self.seen, action, justification, self.today, stamp)?
            }
            KycItem::Address(id) => client.review_address(id, action, justification, stamp)?,
        };
        Ok(Decision::Changed(Box::new(change)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ApproveAddress, ApproveDocument, Command, RejectAddress, RejectDocument};
    use super::*;

    #[test]
    fn review_needs_the_permission_of_its_row() {
        for (action, permission) in [
            (ReviewAction::Approve, ApproveDocument::PERMISSION),
            (ReviewAction::Reject, RejectDocument::PERMISSION),
            (ReviewAction::Approve, ApproveAddress::PERMISSION),
            (ReviewAction::Reject, RejectAddress::PERMISSION),
        ] {
            assert_eq!(permission, action.row().permission);
        }
    }
}
