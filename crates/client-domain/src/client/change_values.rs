//! Changes of values: immediately, or as an amendment that waits for a second person.

use super::aggregate::Client;
use super::amendment::{Amendment, AmendmentId};
use super::decision::{Change, Decision};
use super::field::ClientField;
use super::field_value::{FieldValue, ValueChange};
use super::transition::Justification;
use super::two_persons::TwoPersons;
use crate::actor::{ActorId, AuditStamp};
use crate::event::EventKind;
use crate::lifecycle::{Activity, Operation};
use crate::refusal::{Blocker, Refusal};

/// What becomes of the wanted values.
#[derive(Default)]
struct Sorted {
    /// These change immediately.
    at_once: Vec<ValueChange>,
    /// These wait.
    waiting: Vec<ValueChange>,
    /// These the same person has proposed otherwise, and now wants as they are.
    withdrawn: Vec<ClientField>,
    /// The open amendments of the same person that end, because these values replace theirs.
    replaced: Vec<AmendmentId>,
    blockers: Vec<Blocker>,
}

impl Client {
    /// Sets values. `kind` is the event of an immediate change.
    ///
    /// A value that needs two persons waits in an amendment. A person who proposes another value for a field of
    /// their own open amendment replaces the amendment; what else it proposed moves to the new one. For one who has only
    /// confirmed it as a row of a batch it is another person's.
    pub(super) fn change_values(
        &self,
        (activity, kind): (Activity, EventKind),
        wanted: Vec<FieldValue>,
        justification: Justification,
        two_persons: TwoPersons,
        stamp: &AuditStamp,
    ) -> Result<Decision, Refusal> {
        self.allow(activity)?;
        let Sorted { at_once, mut waiting, withdrawn, replaced, blockers } =
            self.sorted(wanted, two_persons, stamp);
        if !blockers.is_empty() {
            let operation = Operation::Activity(activity);
            return Err(Refusal { operation, state: self.state(), blockers });
        }
        if at_once.is_empty() && waiting.is_empty() && replaced.is_empty() {
            return Ok(Decision::Unchanged);
        }
        let (ended, mut open): (Vec<_>, Vec<_>) =
            self.snapshot.amendments.iter().cloned().partition(|amendment| replaced.contains(&amendment.id));
        // What moves on keeps its reason, unless there is a new one.
        let Justification { reason, code, .. } = justification;
        let (reason, code) = if reason.is_some() {
            (reason, code)
        } else {
            let former = ended.iter().find(|amendment| amendment.reason.is_some());
            former.map(|one| (one.reason.clone(), one.reason_code.clone())).unwrap_or_default()
        };
        let renewed: Vec<_> = waiting.iter().map(ValueChange::field).chain(withdrawn).collect();
        // Who has confirmed what moves on does not decide about it there either.
        let mut confirmers: Vec<ActorId> = Vec::new();
        for Amendment { confirmed_by, confirmed_before, changes, .. } in ended {
            let held = waiting.len();
            waiting.extend(changes.into_iter().filter(|change| !renewed.contains(&change.field())));
            if waiting.len() > held {
                confirmers.extend(confirmed_by.into_iter().chain(confirmed_before));
            }
        }
        let id = AmendmentId::new(self.key().clone(), self.version().next());
        let proposed = (!waiting.is_empty()).then(|| Amendment {
            id: id.clone(),
            proposed: stamp.clone(),
            confirmed_by: None,
            confirmed_before: distinct(confirmers),
            reason: reason.clone(),
            reason_code: code.clone(),
            changes: waiting.clone(),
        });
        let kind = match (at_once.is_empty(), &proposed) {
            (false, _) => kind,
            (true, Some(_)) => EventKind::AmendmentProposed,
            (true, None) => EventKind::AmendmentWithdrawn,
        };
        let mut changed: Vec<_> = at_once.iter().map(ValueChange::field).collect();
        if proposed.is_some() || !replaced.is_empty() {
            changed.push(ClientField::Amendments);
        }
        let about = if proposed.is_some() { Some(id) } else { replaced.into_iter().next() };
        open.extend(proposed);
        let mut change = self.changed(kind, changed, stamp, |snapshot| {
            for value in &at_once {
                snapshot.enter(value.after.clone(), &stamp.by.id);
            }
            snapshot.amendments = open;
        });
        change.event.reason = reason;
        change.event.reason_code = code;
        change.event.amendment = about;
        change.values = at_once;
        change.proposed = waiting;
        Ok(Decision::Changed(Box::new(change)))
    }

    fn sorted(&self, wanted: Vec<FieldValue>, two_persons: TwoPersons, stamp: &AuditStamp) -> Sorted {
        let mut sorted = Sorted::default();
        for after in wanted {
            let field = after.field();
            let Some(before) = self.snapshot.value(field) else { continue };
            let differs = before != after;
            if !two_persons.needs(field, self.state()) {
                if differs {
                    sorted.at_once.push(ValueChange { before, after });
                }
                continue;
            }
            match self.snapshot.amendment_of(field) {
                Some(open) if open.proposed.by.id.is_same_person(&stamp.by.id) => {
                    if open.proposed_for(field) == Some(&after) {
                        continue;
                    }
                    if !sorted.replaced.contains(&open.id) {
                        sorted.replaced.push(open.id.clone());
                    }
                    if differs {
                        sorted.waiting.push(ValueChange { before, after });
                    } else {
                        sorted.withdrawn.push(field);
                    }
                }
                Some(open) if differs => {
                    sorted.blockers.push(Blocker::AmendmentOpen { field, amendment: open.id.clone() });
                }
                None if differs => sorted.waiting.push(ValueChange { before, after }),
                Some(_) | None => {}
            }
        }
        sorted
    }
}

/// Each person once.
fn distinct(actors: Vec<ActorId>) -> Vec<ActorId> {
    let mut persons: Vec<ActorId> = Vec::with_capacity(actors.len());
    for actor in actors {
        if !persons.iter().any(|person| person.is_same_person(&actor)) {
            persons.push(actor);
        }
    }
    persons
}

impl Client {
    /// The client as if its open amendments were in force, to be compared with other clients. It is no version of the
    /// client, so a store refuses it.
    #[must_use]
    pub fn as_proposed(&self) -> Self {
        let mut proposed = self.clone();
        for change in self.snapshot.amendments.iter().flat_map(|amendment| &amendment.changes) {
            proposed.snapshot.set(change.after.clone());
        }
        proposed
    }
}

impl Change {
    /// Whether values wait for a second person after it.
    pub fn proposes(&self) -> bool {
        !self.proposed.is_empty()
    }
}
