use client_domain::client::Decision;
use client_domain::kyc::{Content, DocumentId};
use client_domain::lifecycle::Facts;
use client_domain::{AuditStamp, Client, Permission, Refusal};

use crate::ports::ClientRef;
use crate::spine::Decide;

/// Puts another file in the place of a document's, as long as it was not reviewed.
///
/// Its file comes as a stream, so it is executed by [`Clients::replace_content`](crate::Clients::replace_content).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaceContent {
    /// Which document.
    pub document: DocumentId,
}

impl ReplaceContent {
    /// The name in the history and with idempotency keys.
    pub const NAME: &'static str = "ReplaceIdentityDocumentContent";
    /// The permission that it takes.
    pub const PERMISSION: Permission = Permission::KycWrite;
}

/// A file that is stored already is to be that of a document.
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
