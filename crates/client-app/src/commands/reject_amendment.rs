use client_domain::client::{AmendmentDecision, AmendmentId};
use client_domain::reason::ReasonedOperation;
use client_domain::value::{Notes, ReasonCode};
use client_domain::{Justification, Permission};

use super::amendment::{AmendmentDecided, DecideAmendment};
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::request_digest::RequestDigest;
use crate::spine::plan::Step;

/// Rejects an open amendment: the live values stay. The person who proposed it withdraws it by an update instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectAmendment {
    /// The amendment; its id names the client.
    pub amendment: AmendmentId,
    /// Notes for the history.
    pub comment: Option<Notes>,
    /// The code of the reason, mandatory if the bank lists codes for this command.
    pub code: Option<ReasonCode>,
}

impl Sealed for RejectAmendment {}

impl Command for RejectAmendment {
    const NAME: &'static str = "RejectAmendmentCommand";
    const PERMISSION: Permission = Permission::Approve;
    type Outcome = AmendmentDecided;

    fn outcome(decided: &Decided<'_>) -> Option<AmendmentDecided> {
        AmendmentDecided::of(decided)
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { amendment, comment, code } = self;
        digest.text(&*amendment.to_string());
        digest.text(comment.as_ref().map(|comment| comment.as_str()));
        digest.code(code.as_ref());
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        let code = resources.coded_reason(ReasonedOperation::RejectAmendment, self.code.as_ref())?;
        let justification = Justification { reason: None, code, notes: self.comment };
        Ok(Step::change(DecideAmendment::new(self.amendment, AmendmentDecision::Reject, justification)))
    }
}
