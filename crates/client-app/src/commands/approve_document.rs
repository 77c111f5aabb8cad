use client_domain::Permission;
use client_domain::kyc::{DocumentId, ReviewAction, Sha256};
use client_domain::value::Notes;

use super::review::{DocumentReviewed, Review};
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::request_digest::RequestDigest;
use crate::spine::plan::Step;

/// Approves a document. A person who submitted the document or uploaded a file for it does not review it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproveDocument {
    /// The id of the document.
    pub document: DocumentId,
    /// Notes for the history.
    pub comment: Option<Notes>,
    /// The digest of the file that the reviewer has seen. If the document has another file now, the review is
    /// refused.
    pub seen: Option<Sha256>,
}

impl Sealed for ApproveDocument {}

impl Command for ApproveDocument {
    const NAME: &'static str = "ApproveIdentityDocumentCommand";
    const PERMISSION: Permission = Permission::KycReview;
    type Outcome = DocumentReviewed;

    fn outcome(decided: &Decided<'_>) -> Option<DocumentReviewed> {
        DocumentReviewed::of(decided)
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { document, comment, seen } = self;
        digest.text(document.as_str());
        digest.text(comment.as_ref().map(|comment| comment.as_str()));
        digest.text(seen.map(|digest| digest.to_string()).as_deref());
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        let justification = self.comment.into();
        let review =
            Review::document(ReviewAction::Approve, self.document, justification, self.seen, resources.today);
        Ok(Step::change(review))
    }
}
