use super::aggregate::Client;
use super::amendment::AmendmentId;
use super::amendment_table::AmendmentDecision;
use super::decision::Change;
use super::field::ClientField;
use super::field_value::ValueChange;
use super::transition::Justification;
use crate::actor::{Actor, AuditStamp};
use crate::lifecycle::{Activity, Operation};
use crate::refusal::{Blocker, Refusal};

impl Client {
    /// Decides about an open amendment: its values come into force, or the live ones stay.
    ///
    /// The person who proposed it does not decide, whatever the bank sets for four eyes. An approval is refused if
    /// a live value is no longer the one that the proposal saw.
    ///
    /// ```
    /// use client_domain::client::{AmendmentDecision, DetailsPatch, TwoPersons};
    /// use client_domain::lifecycle::{Action, Facts};
    /// use client_domain::value::PersonName;
    /// use client_domain::{Actor, AuditStamp, Client, Justification, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let checker = AuditStamp::new(Actor::parse("checker-7")?, "2026-01-06T10:30:00Z".parse()?);
    /// let facts = Facts { two_persons: TwoPersons::everywhere(), ..Facts::without_controls() };
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let client = client.perform(Action::Approve, Justification::default(), &facts, &checker)?.client;
    ///
    /// let renamed = DetailsPatch { last_name: Some(PersonName::parse("Eze")?), ..DetailsPatch::default() };
    /// let client = client.update(renamed, &facts, &maker)?.change().unwrap().client;
    /// assert_ne!(client.snapshot().details.last_name.as_str(), "Eze", "the live value stays in force");
    ///
    /// let id = client.snapshot().amendments[0].id.clone();
    /// let alone = client.decide_amendment(&id, AmendmentDecision::Approve, None, &maker);
    /// assert_eq!(alone.unwrap_err().code(), "four_eyes");
    /// let client = client.decide_amendment(&id, AmendmentDecision::Approve, None, &checker)?.client;
    /// assert_eq!(client.snapshot().details.last_name.as_str(), "Eze");
    /// # Ok(())
    /// # }
    /// ```
    pub fn decide_amendment(
        &self,
        id: &AmendmentId,
        decision: AmendmentDecision,
        justification: impl Into<Justification>,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        self.allow(Activity::DecideAmendment)?;
        let row = decision.row();
        let refuse = |blocker| Refusal {
            operation: Operation::Activity(Activity::DecideAmendment),
            state: self.state(),
            blockers: vec![blocker],
        };
        let open = self.snapshot.amendments.iter().find(|amendment| amendment.id == *id);
        let amendment = open.ok_or_else(|| refuse(Blocker::AmendmentNotOpen))?;
        if row.by_another && amendment.is_of(&stamp.by.id) {
            return Err(refuse(Blocker::OwnAmendment));
        }
        let moved = amendment.changes.iter().filter(|change| !self.snapshot.has(&change.before));
        let moved: Vec<_> = moved.map(ValueChange::field).collect();
        if row.live_unmoved && !moved.is_empty() {
            return Err(refuse(Blocker::AmendmentConflict { fields: moved }));
        }
        let values = match decision {
            AmendmentDecision::Approve => amendment.changes.clone(),
            AmendmentDecision::Reject => Vec::new(),
        };
        let changed = values.iter().map(ValueChange::field).chain([ClientField::Amendments]).collect();
        let mut change = self.changed(row.event, changed, stamp, |snapshot| {
            for value in &values {
                snapshot.enter(value.after.clone(), &amendment.proposed.by.id);
            }
            snapshot.amendments.retain(|other| other.id != *id);
        });
        let Justification { reason, code, notes } = justification.into();
        change.event.reason = reason;
        change.event.reason_code = code;
        change.event.notes = notes;
        change.event.amendment = Some(id.clone());
        change.values = values;
        Ok(change)
    }

    /// The blocker of every decision about an amendment: none is open, or only the actor's own.
    pub(super) fn amendment_blocker(&self, actor: &Actor) -> Option<Blocker> {
        let open = &self.snapshot.amendments;
        if open.is_empty() {
            Some(Blocker::NoAmendment)
        } else if open.iter().all(|amendment| amendment.is_of(&actor.id)) {
            Some(Blocker::OwnAmendment)
        } else {
            None
        }
    }
}
