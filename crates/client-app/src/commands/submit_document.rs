use bytes::Bytes;
use client_domain::client::Decision;
use client_domain::kyc::{
    Content, ContentKey, DocumentDraft, DocumentId, DocumentKind, FileExtension, Sha256, Validity,
};
use client_domain::lifecycle::Facts;
use client_domain::value::{ClientKey, IdentificationNumber, IssuingAuthority, Version};
use client_domain::{AuditStamp, Client, Permission, Refusal};
use document_inspection::Detection;
use serde::{Deserialize, Serialize};

use super::stored;
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::inspection;
use crate::inspection::ContentRejection;
use crate::ports::store::ClientRef;
use crate::request_digest::RequestDigest;
use crate::spine::plan::{Attachment, Decide, Step};

/// Submits an identity document with its file; its review is pending afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitDocument {
    /// The client.
    pub client: ClientRef,
    /// The document type.
    pub kind: DocumentKind,
    /// The number of the document.
    pub number: IdentificationNumber,
    /// The issuing authority.
    pub issuer: Option<IssuingAuthority>,
    /// The days of issue and expiry.
    pub validity: Validity,
    /// The file.
    pub content: ContentUpload,
}

/// An inspected and accepted file.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentUpload {
    extension: FileExtension,
    bytes: Bytes,
    inspected: Detection,
}

impl ContentUpload {
    /// Inspects a file.
    ///
    /// # Errors
    ///
    /// Why the file is rejected.
    ///
    /// ```
    /// use client_app::commands::ContentUpload;
    /// use client_domain::kyc::FileExtension;
    ///
    /// let extension = FileExtension::parse(".png")?;
    /// assert!(ContentUpload::inspect(extension, b"not a picture".as_slice().into()).is_err());
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    pub fn inspect(extension: FileExtension, bytes: Bytes) -> Result<Self, ContentRejection> {
        let mut inspection = inspection::begin(extension);
        inspection.push(&bytes)?;
        let inspected = inspection.finish()?;
        Ok(Self { extension, bytes, inspected })
    }
}

impl std::fmt::Debug for ContentUpload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContentUpload").field("extension", &self.extension).finish_non_exhaustive()
    }
}

/// A document was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentSubmitted {
    /// The client.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The id of the document.
    #[serde(with = "stored")]
    pub document: DocumentId,
    /// The version of the client after the command.
    #[serde(with = "stored")]
    pub version: Version,
    /// Whether it has withdrawn an open approval request.
    pub request_withdrawn: bool,
    /// Whether the client looks like another one, and the policy warns of it.
    #[serde(default)]
    pub looks_alike: bool,
}

impl DocumentSubmitted {
    pub(crate) fn of(decided: &Decided<'_>) -> Option<Self> {
        let event = decided.event?;
        Some(Self {
            client: decided.client.key().clone(),
            document: event.kyc.as_ref()?.document()?.clone(),
            version: decided.client.version(),
            request_withdrawn: event.withdrew_request(),
            looks_alike: decided.looks_alike,
        })
    }
}

impl Sealed for SubmitDocument {}

impl Command for SubmitDocument {
    const NAME: &'static str = "CreateIdentityDocumentCommand";
    const PERMISSION: Permission = Permission::KycWrite;
    type Outcome = DocumentSubmitted;

    fn outcome(decided: &Decided<'_>) -> Option<DocumentSubmitted> {
        DocumentSubmitted::of(decided)
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, kind, number, issuer, validity, content } = self;
        client.digest(digest);
        digest.text(kind.name());
        digest.text(number.as_str());
        digest.text(issuer.as_ref().map(|issuer| issuer.as_str()));
        digest.text(validity.issued_on().map(|day| day.to_string()).as_deref());
        digest.text(validity.expires_on().map(|day| day.to_string()).as_deref());
        digest.text(content.extension.name());
        digest.update(&content.inspected.sha256);
    }

    /// The number must match the number format of the KYC policy.
    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        let Self { client, kind, number, issuer, validity, content } = self;
        if !resources.kyc_policy.fits(kind, &number) {
            return Err(Error::NumberFormat(kind));
        }
        let key = resources.keys.content_key(resources.now);
        let uploaded = AuditStamp::new(resources.caller.actor.clone(), resources.now);
        let stored = stored_content(&content.inspected, key, content.extension, uploaded);
        let id = resources.keys.document_id();
        let draft = DocumentDraft { id, kind, number, issuer, validity, content: stored };
        Ok(Step::change(Submission { client, draft, bytes: content.bytes }))
    }
}

/// The content record of an inspected file.
pub(crate) const fn stored_content(
    inspected: &Detection,
    key: ContentKey,
    extension: FileExtension,
    uploaded: AuditStamp,
) -> Content {
    Content { key, extension, size: inspected.size, sha256: Sha256(inspected.sha256), uploaded }
}

struct Submission {
    client: ClientRef,
    draft: DocumentDraft,
    bytes: Bytes,
}

impl Decide for Submission {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn attachment(&self) -> Option<Attachment> {
        Some(Attachment { key: self.draft.content.key.clone(), bytes: self.bytes.clone() })
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let change = client.submit_document(self.draft.clone(), stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }
}
