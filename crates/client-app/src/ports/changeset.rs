use std::collections::BTreeSet;

use client_domain::kyc::{AddressId, DocumentId};
use client_domain::value::Version;
use client_domain::{Claim, ClaimKind, Client};

use crate::ports::history::HistoryEntry;
use crate::ports::idempotency::OutcomeRecord;
use crate::ports::ledger::OrphanCandidate;
use crate::ports::outbox::OutboxEvent;

/// Everything that one command writes, as one value: a store commits all of it or nothing.
///
/// The history line and the event are part of it, so they cannot be left out. It is one value, so no
/// transaction crosses the port.
#[derive(Clone, Debug, Default)]
pub struct Changeset {
    /// The client; `None` if only the outcome of a command without a change is stored.
    pub client: Option<ClientWrite>,
    /// The client's documents that are new or changed.
    pub documents: Vec<DocumentId>,
    /// The client's addresses that are new or changed.
    pub addresses: Vec<AddressId>,
    /// The contents that the client's documents named before the change and do not name after it.
    pub replaced: Vec<OrphanCandidate>,
    /// The claims that the client gains.
    pub take: Vec<ClaimToTake>,
    /// The claims that the client loses. A claim is never both lost and gained.
    pub release: Vec<Claim>,
    /// Lines of the history.
    pub history: Vec<HistoryEntry>,
    /// Events for other systems.
    pub events: Vec<OutboxEvent>,
    /// The outcome to replay for the same idempotency key.
    pub outcome: Option<OutcomeRecord>,
}

/// How the client is written.
#[derive(Clone, Debug)]
pub enum ClientWrite {
    /// It is new.
    Insert(Client),
    /// It replaces the version that was read.
    Update {
        /// The client after the change.
        client: Client,
        /// The version that was read.
        read: Version,
    },
}

impl ClientWrite {
    /// The client after the change.
    pub const fn client(&self) -> &Client {
        match self {
            Self::Insert(client) | Self::Update { client, .. } => client,
        }
    }
}

/// A claim that a client gains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimToTake {
    /// What is claimed.
    pub claim: Claim,
    /// Whether the commit is refused if another client has the same claim. A claim that is not exclusive is
    /// stored too, so that the setting can be changed later for existing clients.
    pub exclusive: bool,
}

/// The result of a commit. Unless it is [`Committed::Done`], nothing was written.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Committed {
    /// The whole changeset was written.
    Done,
    /// This idempotency key already has an outcome with the same body, given here. A store checks this first,
    /// because the rest of a repeated command conflicts with its first execution. The outcome may be of this
    /// very changeset, committed before; [`OutcomeRecord::attempt`] says so.
    Replayed(Box<OutcomeRecord>),
    /// This idempotency key was used with another body.
    KeyReused,
    /// The client is no longer at the version that was read.
    Stale,
    /// Other clients have claims that were to be exclusive, of at least these kinds.
    ClaimTaken(BTreeSet<ClaimKind>),
}
