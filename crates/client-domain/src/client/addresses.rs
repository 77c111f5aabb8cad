use super::aggregate::Client;
use super::decision::Change;
use super::documents::{record, review_blockers, reviewed};
use super::kyc_status::verified_by_address;
use crate::actor::AuditStamp;
use crate::event::EventKind;
use crate::kyc::{AddressDraft, AddressId, AddressInformation, KycItem, ReviewAction, ReviewJustification};
use crate::lifecycle::Activity;
use crate::refusal::{Blocker, Refusal};

impl Client {
    /// Submits address information; its review is pending afterwards.
    pub fn submit_address(&self, draft: AddressDraft, stamp: &AuditStamp) -> Result<Change, Refusal> {
        self.allow(Activity::ChangeKyc)?;
        self.kyc_room(self.snapshot.kyc.addresses.len())?;
        let item = KycItem::Address(draft.id.clone());
        Ok(self.kyc_changed(EventKind::AddressSubmitted, item, stamp, |kyc| {
            kyc.addresses.push(AddressInformation::of(draft, stamp));
        }))
    }

    /// Reviews address information. The submitter does not review it.
    ///
    /// ```
    /// use client_domain::kyc::ReviewAction;
    /// use client_domain::{Actor, Client, EventKind, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let checker = AuditStamp::new(Actor::parse("checker-7")?, "2026-01-06T10:30:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let home = example::home()?;
    /// let client = client.submit_address(home.clone(), &maker)?.client;
    ///
    /// let change = client.review_address(&home.id, ReviewAction::Approve, None, &checker)?;
    /// assert_eq!(change.event.kind, EventKind::AddressApproved);
    /// let again = change.client.review_address(&home.id, ReviewAction::Approve, None, &checker);
    /// assert_eq!(again.unwrap_err().code(), "already_reviewed");
    /// # Ok(())
    /// # }
    /// ```
    pub fn review_address(
        &self,
        id: &AddressId,
        action: ReviewAction,
        justification: impl Into<ReviewJustification>,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        self.allow(Activity::ReviewKyc)?;
        let refuse = |blockers| self.kyc_refusal(Activity::ReviewKyc, blockers);
        let address = self.snapshot.kyc.address(id).ok_or_else(|| refuse(vec![Blocker::NotSubmitted]))?;
        let own = address.is_of(&stamp.by.id);
        let status = self.status_of(&address.verification);
        let justification = justification.into();
        let blockers = review_blockers(action, status, own, justification.comment.as_ref());
        if !blockers.is_empty() {
            return Err(refuse(blockers));
        }
        let kind = match action {
            ReviewAction::Approve => EventKind::AddressApproved,
            ReviewAction::Reject => EventKind::AddressRejected,
        };
        let verified = verified_by_address(&self.snapshot);
        let verification = reviewed(action, justification, verified, stamp);
        let mut change = self.kyc_changed(kind, KycItem::Address(id.clone()), stamp, |kyc| {
            if let Some(address) = kyc.addresses.iter_mut().find(|address| address.id == *id) {
                address.verification = verification.clone();
            }
        });
        record(verification, &mut change.event);
        Ok(change)
    }
}
