use client_domain::Permission;
use client_domain::client::{AmendmentDecision, AmendmentId};
use client_domain::value::Notes;

use super::amendment::{AmendmentDecided, DecideAmendment};
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::request_digest::RequestDigest;
use crate::spine::plan::Step;

/// Approves an open amendment: its values come into force. The person who proposed it does not decide about it, whatever the
/// policy says about four eyes. If a live value has changed since the proposal, the approval is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproveAmendment {
    /// The amendment; its id names the client.
    pub amendment: AmendmentId,
    /// Notes for the history.
    pub comment: Option<Notes>,
}

impl Sealed for ApproveAmendment {}

impl Command for ApproveAmendment {
    const NAME: &'static str = "ApproveAmendmentCommand";
    const PERMISSION: Permission = Permission::Approve;
    type Outcome = AmendmentDecided;

    fn outcome(decided: &Decided<'_>) -> Option<AmendmentDecided> {
        AmendmentDecided::of(decided)
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { amendment, comment } = self;
        digest.text(&*amendment.to_string());
        digest.text(comment.as_ref().map(|comment| comment.as_str()));
    }

    fn step(self, _resources: &Resources<'_>) -> Result<Step, Error> {
        Ok(Step::change(DecideAmendment::new(
            self.amendment,
            AmendmentDecision::Approve,
            self.comment.into(),
        )))
    }
}
