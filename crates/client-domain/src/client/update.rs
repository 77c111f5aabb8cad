use super::{Client, Decision, DetailsPatch};
use crate::actor::AuditStamp;
use crate::event::EventKind;
use crate::lifecycle::{Activity, Operation};
use crate::refusal::Refusal;

impl Client {
    /// Changes details, if the state allows it. Setting every field to its present value changes nothing.
    ///
    /// ```
    /// use client_domain::client::DetailsPatch;
    /// use client_domain::value::PlaceName;
    /// use client_domain::{Actor, Client, ClientField, Decision, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let moved = DetailsPatch { city: Some(PlaceName::parse("Abuja")?), ..DetailsPatch::default() };
    ///
    /// let change = client.update(moved.clone(), &maker)?.change().unwrap();
    /// assert_eq!(change.event.changed, [ClientField::City]);
    /// assert_eq!(change.client.update(moved, &maker)?, Decision::Unchanged);
    /// # Ok(())
    /// # }
    /// ```
    pub fn update(&self, patch: DetailsPatch, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        self.allow(Activity::Update)?;
        let mut details = self.snapshot.details.clone();
        let changed = patch.apply(&mut details);
        if changed.is_empty() {
            return Ok(Decision::Unchanged);
        }
        let change = self.changed(EventKind::Updated, changed, stamp, |snapshot| snapshot.details = details);
        Ok(Decision::Changed(Box::new(change)))
    }

    /// Refuses an activity that the client's state does not allow.
    pub(super) fn allow(&self, activity: Activity) -> Result<(), Refusal> {
        let blockers = crate::lifecycle::activity_blockers(self, activity);
        if blockers.is_empty() {
            Ok(())
        } else {
            Err(Refusal { operation: Operation::Activity(activity), state: self.state(), blockers })
        }
    }
}
