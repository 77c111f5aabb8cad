use super::{Approval, Client, ClientField};
use crate::actor::AuditStamp;
use crate::event::{ClientEvent, EventKind};

/// A decision that changes the client: the client after it, and the event that records it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The client after the change, with the next version.
    pub client: Client,
    /// What happened.
    pub event: ClientEvent,
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

impl Client {
    /// The client after a change, with its event. Only this function advances versions and times.
    pub(super) fn changed(
        &self,
        kind: EventKind,
        mut changed: Vec<ClientField>,
        stamp: &AuditStamp,
        write: impl FnOnce(&mut super::ClientSnapshot),
    ) -> Change {
        let mut client = self.clone();
        let snapshot = &mut client.snapshot;
        write(snapshot);
        // A reviewer decides on the client as it was when the approval was requested.
        if kind.withdraws_request() && matches!(snapshot.approval, Approval::Requested(_)) {
            snapshot.approval = Approval::NotRequested;
            changed.push(ClientField::ApprovalStatus);
        }
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
            notes: None,
            transaction: None,
            kyc: None,
        };
        Change { client, event }
    }
}
