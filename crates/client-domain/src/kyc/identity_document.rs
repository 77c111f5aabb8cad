use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{
    ContentKey, DocumentId, DocumentKind, FileExtension, MediaType, Notice, Sha256, Uploaders, Validity,
    Verification, VerificationStatus,
};
use crate::actor::{ActorId, AuditStamp};
use crate::value::{IdentificationNumber, IssuingAuthority};

/// What is known of the file of a document; its bytes are kept elsewhere, under the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Where the bytes are.
    pub key: ContentKey,
    /// The extension it was handed in with, which its bytes agree with.
    pub extension: FileExtension,
    /// How many bytes it has.
    pub size: u64,
    /// The SHA-256 of the bytes.
    pub sha256: Sha256,
    /// Who handed it in, and when.
    pub uploaded: AuditStamp,
}

impl Content {
    /// What the file is.
    pub const fn media_type(&self) -> MediaType {
        self.extension.media_type()
    }
}

/// A document as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentDraft {
    /// A fresh id.
    pub id: DocumentId,
    /// What kind of paper.
    pub kind: DocumentKind,
    /// The number on it.
    pub number: IdentificationNumber,
    /// Who issued it, where that is known.
    pub issuer: Option<IssuingAuthority>,
    /// From when to when it is good.
    pub validity: Validity,
    /// Its file.
    pub content: Content,
}

/// A paper that says who somebody is or where they live, with its file and its review.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentityDocument {
    /// The id; it never changes.
    pub id: DocumentId,
    /// What kind of paper.
    pub kind: DocumentKind,
    /// The number on it.
    pub number: IdentificationNumber,
    /// Who issued it, where that is known.
    pub issuer: Option<IssuingAuthority>,
    /// From when to when it is good.
    pub validity: Validity,
    /// Its file, which can be replaced until somebody has looked at it.
    pub content: Content,
    /// Who handed in the document, and when.
    pub submitted: AuditStamp,
    /// Everybody who has submitted the document or uploaded a file for it, also a file that was replaced.
    pub uploaders: Uploaders,
    /// How far its review has come.
    pub verification: Verification,
    /// What has been told of its end.
    pub noticed: Notice,
}

impl IdentityDocument {
    /// The draft as a document that waits for its review.
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

    /// Puts another file in the place of the one that was there. Its uploader stays an uploader of the document.
    pub(crate) fn replace_content(&mut self, content: Content) {
        self.uploaders.add(&content.uploaded.by.id);
        self.content = content;
    }

    /// Whether this actor has submitted the document or uploaded a file for it, and so does not review it.
    pub fn is_of(&self, actor: &ActorId) -> bool {
        // The submitter and the latest uploader count also where the set was full before they came.
        self.uploaders.include(actor)
            || self.submitted.by.id.is_same_person(actor)
            || self.content.uploaded.by.id.is_same_person(actor)
    }

    /// What is to be noted of its end today, where that is not what was noted: more than before, or
    /// [`Notice::Nothing`] where a notice was given too early and is taken back. Then what is right today is due next.
    ///
    /// A notice that would be right tomorrow stays: clocks and days differ by so much without being wrong. Nobody waits
    /// for the end of what was turned down.
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
