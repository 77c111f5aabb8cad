use client_domain::client::Decision;
use client_domain::kyc::{Content, DocumentId};
use client_domain::lifecycle::Facts;
use client_domain::{AuditStamp, Client, Permission, Refusal};

use crate::ports::store::ClientRef;
use crate::spine::plan::Decide;

/// Replaces the file of a document, as long as the document is not reviewed.
///
/// The file arrives as a stream, so [`Clients::replace_content`](crate::Clients::replace_content) executes
/// the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaceContent {
    /// The id of the document.
    pub document: DocumentId,
}

impl ReplaceContent {
    /// The name in the history and with idempotency keys.
    pub const NAME: &'static str = "ReplaceIdentityDocumentContent";
    /// The permission that it needs.
    pub const PERMISSION: Permission = Permission::KycWrite;
}

/// The decision to use a stored file for a document.
pub(crate) struct Replacement {
    pub(crate) client: ClientRef,
    pub(crate) document: DocumentId,
    pub(crate) content: Content,
}

impl Decide for Replacement {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let change = client.replace_content(&self.document, self.content.clone(), stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }
}
