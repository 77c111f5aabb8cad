use std::collections::BTreeSet;

use client_domain::kyc::{AddressId, DocumentId};
use client_domain::value::Version;
use client_domain::{Claim, ClaimKind, Client};

use super::{HistoryEntry, OrphanCandidate, OutboxEvent, OutcomeRecord};

/// Everything that one command writes, as one value: a store writes all of it or nothing.
///
/// Because the history line and the event are part of it, nobody can forget them; because it is one value, no
/// transaction crosses the port.
#[derive(Clone, Debug, Default)]
pub struct Changeset {
    /// The client; none where only the outcome of a command that changed nothing is kept.
    pub client: Option<ClientWrite>,
    /// The client's documents that are new or not as they were read.
    pub documents: Vec<DocumentId>,
    /// The client's addresses that are new or not as they were read.
    pub addresses: Vec<AddressId>,
    /// The contents that the client's documents named before and name no longer.
    pub replaced: Vec<OrphanCandidate>,
    /// The claims that the client has from now on and had not before.
    pub take: Vec<ClaimToTake>,
    /// The claims that the client had and has no longer. A claim is never both given up and taken.
    pub release: Vec<Claim>,
    /// Lines of the history.
    pub history: Vec<HistoryEntry>,
    /// Events for other systems.
    pub events: Vec<OutboxEvent>,
    /// What is answered when the same idempotency key comes again.
    pub outcome: Option<OutcomeRecord>,
}

/// How a client is written.
#[derive(Clone, Debug)]
pub enum ClientWrite {
    /// It is new.
    Insert(Client),
    /// It replaces the version that was read.
    Update {
        /// The client as it will be.
        client: Client,
        /// The version it was read at.
        read: Version,
    },
}

impl ClientWrite {
    /// The client as it will be.
    pub const fn client(&self) -> &Client {
        match self {
            Self::Insert(client) | Self::Update { client, .. } => client,
        }
    }
}

/// A claim that a client takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimToTake {
    /// What is claimed.
    pub claim: Claim,
    /// Whether the commit is to be refused when another client has the same claim. One that is not exclusive
    /// is written all the same, so that the setting can be changed later and old clients count.
    pub exclusive: bool,
}

/// How a commit ended. Unless it is [`Committed::Done`], nothing at all was written.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Committed {
    /// All of it was written.
    Done,
    /// This idempotency key already has an outcome, with the same body: here it is. This is told before
    /// anything else, because the rest of a repeated command collides with the first one's doing. It may be the outcome
    /// of this very changeset, committed before; [`OutcomeRecord::attempt`] says so.
    Replayed(Box<OutcomeRecord>),
    /// This idempotency key was used for another body.
    KeyReused,
    /// The client is no longer at the version that was read.
    Stale,
    /// Other clients have claims that were to be exclusive, of at least these kinds.
    ClaimTaken(BTreeSet<ClaimKind>),
}
