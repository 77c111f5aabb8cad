use client_domain::client::Decision;
use client_domain::kyc::RequestedDocuments;
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

/// Asks a client for documents. The event names their types, so that a system that receives it can write to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestDocuments {
    /// The client.
    pub client: ClientRef,
    /// The types of the documents.
    pub documents: RequestedDocuments,
    /// Notes for the history.
    pub notes: Option<Notes>,
}

/// A client was asked for documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentsRequested {
    /// The client.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The version of the client with the request.
    #[serde(with = "stored")]
    pub version: Version,
    /// The time, UTC.
    #[serde(with = "stored")]
    pub at: Timestamp,
}

impl Sealed for RequestDocuments {}

impl Command for RequestDocuments {
    const NAME: &'static str = "RequestIdentityDocumentsCommand";
    const PERMISSION: Permission = Permission::KycReview;
    type Outcome = DocumentsRequested;

    fn outcome(decided: &Decided<'_>) -> Option<DocumentsRequested> {
        Some(DocumentsRequested {
            client: decided.client.key().clone(),
            version: decided.client.version(),
            at: decided.stamp.at,
        })
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, documents, notes } = self;
        client.digest(digest);
        let kinds: Vec<_> = documents.kinds().iter().map(|kind| kind.number().to_string()).collect();
        digest.text(kinds.join(",").as_str());
        digest.text(notes.as_ref().map(|notes| notes.as_str()));
    }

    fn step(self, _resources: &Resources<'_>) -> Result<Step, Error> {
        Ok(Step::change(self))
    }
}

impl Decide for RequestDocuments {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let change = client.request_documents(self.documents.clone(), self.notes.clone(), stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }
}

#[cfg(test)]
mod tests {
    use client_domain::lifecycle::Activity;

    use super::*;

    #[test]
    fn request_needs_the_permission_of_its_row() {
        assert_eq!(Activity::RequestDocuments.allowance().permission, Some(RequestDocuments::PERMISSION));
    }
}
