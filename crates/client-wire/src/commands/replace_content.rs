use client_domain::client::Decision;
use client_domain::kyc::{Content, DocumentId};
use client_domain::lifecycle::Facts;
use client_domain::{Client, ClientEvent, Permission, Refusal, Stamp};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::tell_withdrawal;
use crate::Code;
use crate::command::ClientCommand;
use crate::kyc_view::{REPLACED_DOCUMENT, document_json};
use crate::ports::ClientRef;
use crate::spec::{Kind, OperationSpec};

/// It comes as a file and not as JSON, so it is no operation by name; see [`crate::contents`].
pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ReplaceIdentityDocumentContent",
    kind: Kind::Command,
    about: "Puts another file in the place of a document's, as long as nobody has reviewed it.",
    permission: Permission::KycWrite,
    fields: &[],
    reply: REPLACED_DOCUMENT,
    refusals: &[
        Code::DocumentNotFound,
        Code::ContentEmpty,
        Code::ContentUnknown,
        Code::ContentMismatch,
        Code::ContentTruncated,
        Code::ContentTrailingData,
        Code::ContentArchive,
        Code::ContentActive,
        Code::ContentEncrypted,
        Code::ContentExpansion,
        Code::ContentPixels,
        Code::AlreadyReviewed,
        Code::InvalidStatus,
        Code::StaleVersion,
    ],
    example: "{}",
};

/// A file that is kept already is to be that of a document.
pub(crate) struct ReplaceContent {
    pub(crate) client: ClientRef,
    pub(crate) document: DocumentId,
    pub(crate) content: Content,
}

impl ClientCommand for ReplaceContent {
    fn spec(&self) -> &'static OperationSpec {
        &SPEC
    }

    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &Stamp) -> Result<Decision, Refusal> {
        let change = client.replace_content(&self.document, self.content.clone(), stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }

    fn reply(
        &self,
        client: &Client,
        event: Option<&ClientEvent>,
        stamp: &Stamp,
    ) -> (String, Map<String, Value>) {
        let today = stamp.at.to_zoned(TimeZone::UTC).date();
        let document = client.kyc().document(&self.document);
        let mut data =
            document.map(|document| document_json(client.key(), document, today)).unwrap_or_default();
        data.insert("version".to_owned(), client.version().get().into());
        ("Identity document content replaced successfully.".to_owned(), tell_withdrawal(data, event))
    }
}
