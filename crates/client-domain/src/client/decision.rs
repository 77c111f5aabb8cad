use super::aggregate::Client;
use super::approval::Approval;
use super::field::ClientField;
use super::field_value::ValueChange;
use super::kyc_status::outdated;
use super::snapshot::ClientSnapshot;
use crate::actor::{ActorId, AuditStamp};
use crate::event::{ClientEvent, EventKind};

/// A decision that changes the client: the client after it, and the event that records it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The client after the change, with the next version.
    pub client: Client,
    /// What happened.
    pub event: ClientEvent,
    /// The values that differ, before and after. A creation does not list its values.
    pub values: Vec<ValueChange>,
    /// The values that it proposes for a second person, beside the live ones.
    pub proposed: Vec<ValueChange>,
}

/// A decision about an existing client.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Decision {
    /// The client changes.
    Changed(Box<Change>),
    /// The client already is as requested: there is nothing to write and no event.
    Unchanged,
}

impl Decision {
    /// The change, if there is one.
    pub fn change(self) -> Option<Change> {
        match self {
            Self::Changed(change) => Some(*change),
            Self::Unchanged => None,
        }
    }
}

impl Change {
    /// The change as another person has confirmed it beforehand: that person has touched the client, too, and does not decide
    /// about the values that it proposes. What no person touches by it, such as a decision about the client, stays as it is.
    #[must_use]
    pub fn confirmed_by(mut self, person: &ActorId) -> Self {
        let snapshot = &mut self.client.snapshot;
        snapshot.makers.follow_second(self.event.kind, person);
        let proposed = self.event.amendment.as_ref();
        for amendment in snapshot.amendments.iter_mut().filter(|amendment| Some(&amendment.id) == proposed) {
            amendment.confirmed_by = Some(person.clone());
        }
        self
    }
}

impl Client {
    /// The client after a change, with its event. Only this function advances versions and times.
    pub(super) fn changed(
        &self,
        kind: EventKind,
        mut changed: Vec<ClientField>,
        stamp: &AuditStamp,
        write: impl FnOnce(&mut ClientSnapshot),
    ) -> Change {
        let mut client = self.clone();
        let snapshot = &mut client.snapshot;
        write(snapshot);
        // A reviewer decides on the client as it was when the approval was requested.
        if kind.withdraws_request() && matches!(snapshot.approval, Approval::Requested(_)) {
            snapshot.approval = Approval::NotRequested;
            changed.push(ClientField::ApprovalStatus);
        }
        snapshot.former_names.follow(&self.snapshot.details, &snapshot.details);
        changed.extend(outdated(&self.snapshot, snapshot, &changed));
        snapshot.makers.follow(kind, &stamp.by.id);
        snapshot.version = snapshot.version.next();
        // A clock that was set back must not move the modification time back.
        snapshot.modified_at = stamp.at.max(self.snapshot.modified_at);
        let event = ClientEvent {
            kind,
            key: snapshot.key.clone(),
            version: snapshot.version,
            by: stamp.by.clone(),
            at: stamp.at,
            from: Some(self.snapshot.state),
            to: snapshot.state,
            changed,
            reason: None,
            reason_code: None,
            notes: None,
            transaction: None,
            kyc: None,
            requested: None,
            amendment: None,
        };
        Change { client, event, values: Vec::new(), proposed: Vec::new() }
    }
}
