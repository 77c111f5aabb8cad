use super::aggregate::Client;
use super::blockers::activity_blockers;
use super::decision::Decision;
use super::details::DetailsPatch;
use super::transition::Justification;
use crate::actor::AuditStamp;
use crate::event::EventKind;
use crate::lifecycle::{Activity, Facts, Operation};
use crate::refusal::Refusal;

impl Client {
    /// Changes details, if the state allows it. Setting every field to its present value changes nothing.
    ///
    /// Where [`Facts::two_persons`] says so, a value waits in an [`Amendment`](super::Amendment) and the live one stays.
    ///
    /// ```
    /// use client_domain::client::DetailsPatch;
    /// use client_domain::lifecycle::Facts;
    /// use client_domain::value::PlaceName;
    /// use client_domain::{Actor, Client, ClientField, Decision, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let moved = DetailsPatch { city: Some(PlaceName::parse("Abuja")?), ..DetailsPatch::default() };
    ///
    /// let facts = Facts::without_controls();
    /// let change = client.update(moved.clone(), &facts, &maker)?.change().unwrap();
    /// assert_eq!(change.event.changed, [ClientField::City]);
    /// assert_eq!(change.client.update(moved, &facts, &maker)?, Decision::Unchanged);
    /// # Ok(())
    /// # }
    /// ```
    pub fn update(
        &self,
        patch: DetailsPatch,
        facts: &Facts,
        stamp: &AuditStamp,
    ) -> Result<Decision, Refusal> {
        let how = (Activity::Update, EventKind::Updated);
        self.change_values(how, patch.values(), Justification::default(), facts.two_persons, stamp)
    }

    /// Refuses an activity that the client's state does not allow.
    pub(super) fn allow(&self, activity: Activity) -> Result<(), Refusal> {
        let blockers = activity_blockers(self, activity);
        if blockers.is_empty() {
            Ok(())
        } else {
            Err(Refusal { operation: Operation::Activity(activity), state: self.state(), blockers })
        }
    }
}
