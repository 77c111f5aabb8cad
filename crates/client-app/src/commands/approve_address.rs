use client_domain::Permission;
use client_domain::kyc::{AddressId, ReviewAction};
use client_domain::value::Notes;

use super::review::{AddressReviewed, Review};
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::request_digest::RequestDigest;
use crate::spine::plan::Step;

/// Approves address information. The submitter does not review it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproveAddress {
    /// The id of the address information.
    pub address: AddressId,
    /// Notes for the history.
    pub comment: Option<Notes>,
}

impl Sealed for ApproveAddress {}

impl Command for ApproveAddress {
    const NAME: &'static str = "ApproveCustomerAddressInformationCommand";
    const PERMISSION: Permission = Permission::KycReview;
    type Outcome = AddressReviewed;

    fn outcome(decided: &Decided<'_>) -> Option<AddressReviewed> {
        AddressReviewed::of(decided)
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { address, comment } = self;
        digest.text(address.as_str());
        digest.text(comment.as_ref().map(|comment| comment.as_str()));
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        let justification = self.comment.into();
        let review = Review::address(ReviewAction::Approve, self.address, justification, resources.today);
        Ok(Step::change(review))
    }
}
