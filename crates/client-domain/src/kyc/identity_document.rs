use jiff::ToSpan as _;
use jiff::civil::Date;

use super::content_key::ContentKey;
use super::digest::Sha256;
use super::document_kind::DocumentKind;
use super::expiry::{Notice, Validity};
use super::file_extension::FileExtension;
use super::key::DocumentId;
use super::media_type::MediaType;
use super::uploaders::Uploaders;
use super::verification::{Verification, VerificationStatus};
use crate::actor::{ActorId, AuditStamp};
use crate::value::{IdentificationNumber, IssuingAuthority};

/// The metadata of the file of a document. The bytes are stored elsewhere, under the key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Content {
    /// The key of the bytes.
    pub key: ContentKey,
    /// The extension at the upload, which agrees with the detected media type.
    pub extension: FileExtension,
    /// The size in bytes.
    pub size: u64,
    /// The SHA-256 of the bytes.
    pub sha256: Sha256,
    /// Who uploaded it, and when.
    pub uploaded: AuditStamp,
}

impl Content {
    /// The media type of the file.
    pub const fn media_type(&self) -> MediaType {
        self.extension.media_type()
    }
}

/// A document as it is submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentDraft {
    /// A fresh id.
    pub id: DocumentId,
    /// The type of the document.
    pub kind: DocumentKind,
    /// The number on it.
    pub number: IdentificationNumber,
    /// Who issued it, if known.
    pub issuer: Option<IssuingAuthority>,
    /// Its days of issue and expiry.
    pub validity: Validity,
    /// Its file.
    pub content: Content,
}

/// A document that proves an identity or an address, with its file and its review.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct IdentityDocument {
    /// The id; it never changes.
    pub id: DocumentId,
    /// The type of the document.
    pub kind: DocumentKind,
    /// The number on it.
    pub number: IdentificationNumber,
    /// Who issued it, if known.
    pub issuer: Option<IssuingAuthority>,
    /// Its days of issue and expiry.
    pub validity: Validity,
    /// Its file, which can be replaced until the document is reviewed.
    pub content: Content,
    /// Who submitted the document, and when.
    pub submitted: AuditStamp,
    /// Every person who has submitted the document or uploaded a file for it, even one that was replaced
    /// since.
    pub uploaders: Uploaders,
    /// The progress of its review.
    pub verification: Verification,
    /// The latest notice of its expiry.
    pub noticed: Notice,
}

impl IdentityDocument {
    /// The draft as a document whose review is pending.
    pub(crate) fn of(draft: DocumentDraft, stamp: &AuditStamp) -> Self {
        let mut uploaders = Uploaders::default();
        uploaders.add(&stamp.by.id);
        uploaders.add(&draft.content.uploaded.by.id);
        Self {
            id: draft.id,
            kind: draft.kind,
            number: draft.number,
            issuer: draft.issuer,
            validity: draft.validity,
            content: draft.content,
            submitted: stamp.clone(),
            uploaders,
            verification: Verification::Pending,
            noticed: Notice::Nothing,
        }
    }

    /// Replaces the file. The former uploader stays an uploader of the document.
    pub(crate) fn replace_content(&mut self, content: Content) {
        self.uploaders.add(&content.uploaded.by.id);
        self.content = content;
    }

    /// Whether this actor has submitted the document or uploaded a file for it, and so does not review it.
    pub fn is_of(&self, actor: &ActorId) -> bool {
        // The submitter and the latest uploader count even if the set was full before them.
        self.uploaders.include(actor)
            || self.submitted.by.id.is_same_person(actor)
            || self.content.uploaded.by.id.is_same_person(actor)
    }

    /// The notice of expiry to record today, if it differs from the recorded one: a later one, or
    /// [`Notice::Nothing`] to withdraw one that was given too early. After a withdrawal the correct notice is
    /// due next.
    ///
    /// A notice that will be correct tomorrow stays, because clocks and time zones may differ by that much. A
    /// rejected document gets no notices.
    pub fn due(&self, today: Date, notice_days: u16) -> Option<Notice> {
        if self.verification.status() == VerificationStatus::Rejected {
            return None;
        }
        let on = |day| Notice::of(self.validity.expiry(day, notice_days));
        let right = on(today);
        if self.noticed < right {
            Some(right)
        } else if self.noticed > on(today.saturating_add(1.day())) {
            Some(Notice::Nothing)
        } else {
            None
        }
    }
}
