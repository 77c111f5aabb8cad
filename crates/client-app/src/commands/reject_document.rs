use client_domain::Permission;
use client_domain::kyc::{DocumentId, ReviewAction, ReviewJustification, Sha256};
use client_domain::reason::ReasonedOperation;
use client_domain::value::{Notes, ReasonCode};

use super::review::{DocumentReviewed, Review};
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::request_digest::RequestDigest;
use crate::spine::plan::Step;

/// Rejects a document. A person who submitted the document or uploaded a file for it does not review it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectDocument {
    /// The id of the document.
    pub document: DocumentId,
    /// The reason of the rejection.
    pub comment: Notes,
    /// The code of the reason, mandatory if the bank lists codes for this command.
    pub code: Option<ReasonCode>,
    /// The digest of the file that the reviewer has seen. If the document has another file now, the review is
    /// refused.
    pub seen: Option<Sha256>,
}

impl Sealed for RejectDocument {}

impl Command for RejectDocument {
    const NAME: &'static str = "RejectIdentityDocumentCommand";
    const PERMISSION: Permission = Permission::KycReview;
    type Outcome = DocumentReviewed;

    fn outcome(decided: &Decided<'_>) -> Option<DocumentReviewed> {
        DocumentReviewed::of(decided)
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { document, comment, code, seen } = self;
        digest.text(document.as_str());
        digest.text(comment.as_str());
        digest.text(seen.map(|digest| digest.to_string()).as_deref());
        digest.code(code.as_ref());
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        let rejection = resources.rejection(ReasonedOperation::RejectDocument, self.code.as_ref())?;
        let justification = ReviewJustification { comment: Some(self.comment), rejection };
        let review =
            Review::document(ReviewAction::Reject, self.document, justification, self.seen, resources.today);
        Ok(Step::change(review))
    }
}
