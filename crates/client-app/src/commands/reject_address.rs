use client_domain::Permission;
use client_domain::kyc::{AddressId, ReviewAction, ReviewJustification};
use client_domain::reason::ReasonedOperation;
use client_domain::value::{Notes, ReasonCode};

use super::review::{AddressReviewed, Review};
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::request_digest::RequestDigest;
use crate::spine::plan::Step;

/// Rejects address information. The submitter does not review it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectAddress {
    /// The id of the address information.
    pub address: AddressId,
    /// The reason of the rejection.
    pub comment: Notes,
    /// The code of the reason, mandatory if the bank lists codes for this command.
    pub code: Option<ReasonCode>,
}

impl Sealed for RejectAddress {}

impl Command for RejectAddress {
    const NAME: &'static str = "RejectCustomerAddressInformationCommand";
    const PERMISSION: Permission = Permission::KycReview;
    type Outcome = AddressReviewed;

    fn outcome(decided: &Decided<'_>) -> Option<AddressReviewed> {
        AddressReviewed::of(decided)
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { address, comment, code } = self;
        digest.text(address.as_str());
        digest.text(comment.as_str());
        digest.code(code.as_ref());
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        let rejection = resources.rejection(ReasonedOperation::RejectAddress, self.code.as_ref())?;
        let justification = ReviewJustification { comment: Some(self.comment), rejection };
        let review = Review::address(ReviewAction::Reject, self.address, justification, resources.today);
        Ok(Step::change(review))
    }
}
