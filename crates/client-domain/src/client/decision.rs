use super::{Approval, Client, ClientField};
use crate::actor::AuditStamp;
use crate::event::{ClientEvent, EventKind};

/// A decision that changes the client: how it will be, and the event that says what happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The client as it will be, one version on.
    pub client: Client,
    /// What happened.
    pub event: ClientEvent,
}

/// A decision about a client that is there already.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Decision {
    /// Something changes.
    Changed(Box<Change>),
    /// It is so already: there is nothing to write and nothing to tell.
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
    /// The client one version on, with its event: the one place where versions and times move.
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
        // Whoever decides by a request decides on the client that it was made for.
        if kind.withdraws_request() && matches!(snapshot.approval, Approval::Requested(_)) {
            snapshot.approval = Approval::NotRequested;
            changed.push(ClientField::ApprovalStatus);
        }
        snapshot.makers.follow(kind, &stamp.by.id);
        snapshot.version = snapshot.version.next();
        // A clock that was set back must not make the client look younger than it is.
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
