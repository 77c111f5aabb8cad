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

/// Rejects address information. The submitter does not review it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectAddress {
    /// The id of the address information.
    pub address: AddressId,
    /// The reason of the rejection.
    pub comment: Notes,
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
        let Self { address, comment } = self;
        digest.text(address.as_str());
        digest.text(comment.as_str());
    }

    fn step(self, _resources: &Resources<'_>) -> Result<Step, Error> {
        let comment = Some(self.comment);
        Ok(Step::change(Review::address(ReviewAction::Reject, self.address, comment)))
    }
}
