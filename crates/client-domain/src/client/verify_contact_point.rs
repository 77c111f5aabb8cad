use super::aggregate::Client;
use super::contact_point::{ContactPoint, ContactVerification};
use super::decision::Change;
use super::makers::Touch;
use crate::actor::ActorId;
use crate::event::EventKind;
use crate::lifecycle::{Activity, Operation};
use crate::refusal::{Blocker, Refusal};

impl Client {
    /// Records that the phone number or the e-mail address in force was verified.
    ///
    /// It names the value that was verified, and is refused if another one is in force by now. A person who created the
    /// client, or has changed its details since the last approval, does not verify it, nor does the person who entered the
    /// value in force, whatever the bank sets for four eyes.
    ///
    /// ```
    /// use client_domain::client::{ContactPoint, ContactVerification, DetailsPatch};
    /// use client_domain::kyc::VerificationStatus;
    /// use client_domain::lifecycle::Facts;
    /// use client_domain::value::{PhoneNumber, Reason};
    /// use client_domain::{Actor, AuditStamp, Client, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let codes = AuditStamp::new(Actor::parse("code-service")?, "2026-01-05T09:10:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let verified = |stamp| ContactVerification {
    ///     value: ContactPoint::Mobile.value(&client.snapshot().details),
    ///     stamp,
    ///     means: Reason::parse("One-time code by SMS").unwrap(),
    ///     reference: None,
    /// };
    /// assert_eq!(client.verify_contact_point(verified(maker.clone())).unwrap_err().code(), "four_eyes");
    /// let client = client.verify_contact_point(verified(codes))?.client;
    /// assert_eq!(client.contact_status(ContactPoint::Mobile), VerificationStatus::Approved);
    ///
    /// let other = DetailsPatch { phone: Some(PhoneNumber::parse("+2348030000000")?), ..DetailsPatch::default() };
    /// let moved = client.update(other, &Facts::without_controls(), &maker)?.change().unwrap().client;
    /// assert_eq!(moved.contact_status(ContactPoint::Mobile), VerificationStatus::Outdated);
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_contact_point(&self, verification: ContactVerification) -> Result<Change, Refusal> {
        self.allow(Activity::VerifyContactPoint)?;
        let point = verification.value.point();
        let live = point.value(&self.snapshot.details);
        let blocker = self.own_contact_blocker(&[point], &verification.stamp.by.id);
        let mut blockers: Vec<_> = blocker.into_iter().collect();
        if !live.is_same(&verification.value) {
            blockers.push(Blocker::ContactPointChanged);
        }
        if !blockers.is_empty() {
            let operation = Operation::Activity(Activity::VerifyContactPoint);
            return Err(Refusal { operation, state: self.state(), blockers });
        }
        let (stamp, means) = (verification.stamp.clone(), verification.means.clone());
        let kind = EventKind::ContactPointVerified;
        let mut change = self.changed(kind, vec![point.field()], &stamp, |snapshot| {
            snapshot.contact_verifications.add(verification);
        });
        change.event.reason = Some(means);
        Ok(change)
    }

    /// The blocker of a person who may have entered all of these values. Who entered a value is known unless an earlier
    /// release has written it; the makers are asked in any case.
    pub(super) fn own_contact_blocker(&self, points: &[ContactPoint], actor: &ActorId) -> Option<Blocker> {
        const ENTERED: [Touch; 3] = [Touch::Created, Touch::Updated, Touch::ApprovedAlone];
        let makers = &self.snapshot.makers;
        let touches = makers.touches_of(actor);
        let is_own = self.snapshot.created.by.id.is_same_person(actor)
            || ENTERED.into_iter().any(|touch| touches.holds(touch));
        if is_own || makers.is_full() {
            return Some(Blocker::OwnDetails { too_many: !is_own });
        }
        let entries = &self.snapshot.contact_entries;
        let entered = |point: &ContactPoint| entries.of(*point).is_some_and(|entry| entry.is_of(actor));
        points.iter().all(entered).then(|| Blocker::OwnContactPoint { points: points.to_vec() })
    }
}
