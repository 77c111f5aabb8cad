//! Events of a client, in the past tense.

use jiff::Timestamp;

use crate::actor::Actor;
use crate::client::{ClientField, Transaction};
use crate::kyc::KycItem;
use crate::lifecycle::ClientState;
use crate::value::{ClientKey, Notes, Reason, Version};

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A client was created.
    Created,
    /// Details were changed.
    Updated,
    /// The approval was requested.
    ApprovalRequested,
    /// The client was approved.
    Approved,
    /// The client was rejected.
    Rejected,
    /// The client was blacklisted.
    Blacklisted,
    /// The client was removed from the blacklist.
    BlacklistRemoved,
    /// The first transaction was recorded.
    Activated,
    /// The relationship ended.
    Exited,
    /// An identity document was submitted.
    DocumentSubmitted,
    /// The file of a document was replaced.
    DocumentReplaced,
    /// A document was approved.
    DocumentApproved,
    /// A document was rejected.
    DocumentRejected,
    /// A document expires soon.
    DocumentExpiring,
    /// A document has expired.
    DocumentExpired,
    /// A notice of expiry was withdrawn, because it was given too early.
    DocumentNoticeWithdrawn,
    /// Address information was submitted.
    AddressSubmitted,
    /// Address information was approved.
    AddressApproved,
    /// Address information was rejected.
    AddressRejected,
    /// A kind of a newer release, by its name. This release shows and delivers it, and never writes it.
    Newer(&'static str),
}

impl EventKind {
    /// Every kind that this release writes.
    pub const ALL: [Self; 19] = [
        Self::Created,
        Self::Updated,
        Self::ApprovalRequested,
        Self::Approved,
        Self::Rejected,
        Self::Blacklisted,
        Self::BlacklistRemoved,
        Self::Activated,
        Self::Exited,
        Self::DocumentSubmitted,
        Self::DocumentReplaced,
        Self::DocumentApproved,
        Self::DocumentRejected,
        Self::DocumentExpiring,
        Self::DocumentExpired,
        Self::DocumentNoticeWithdrawn,
        Self::AddressSubmitted,
        Self::AddressApproved,
        Self::AddressRejected,
    ];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "ClientCreated",
            Self::Updated => "ClientUpdated",
            Self::ApprovalRequested => "ClientApprovalRequested",
            Self::Approved => "ClientApproved",
            Self::Rejected => "ClientRejected",
            Self::Blacklisted => "ClientBlacklisted",
            Self::BlacklistRemoved => "ClientBlacklistRemoved",
            Self::Activated => "ClientActivated",
            Self::Exited => "ClientExited",
            Self::DocumentSubmitted => "KycDocumentSubmitted",
            Self::DocumentReplaced => "KycDocumentReplaced",
            Self::DocumentApproved => "KycDocumentApproved",
            Self::DocumentRejected => "KycDocumentRejected",
            Self::DocumentExpiring => "KycDocumentExpiring",
            Self::DocumentExpired => "KycDocumentExpired",
            Self::DocumentNoticeWithdrawn => "KycDocumentNoticeWithdrawn",
            Self::AddressSubmitted => "AddressSubmitted",
            Self::AddressApproved => "AddressApproved",
            Self::AddressRejected => "AddressRejected",
            Self::Newer(name) => name,
        }
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl EventKind {
    /// Whether the event changes what an approval request was about, and so withdraws an open one.
    pub const fn withdraws_request(self) -> bool {
        matches!(
            self,
            Self::Updated | Self::DocumentSubmitted | Self::DocumentReplaced | Self::AddressSubmitted
        )
    }
}

/// One event of one client. Each change makes exactly one, so the versions of a client's events are 1, 2, 3 …
/// without a gap.
///
/// It names the fields that changed and never their values. Reason and notes are for the history, which only
/// callers with the permission see; events for other systems omit them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientEvent {
    /// The kind of the event.
    pub kind: EventKind,
    /// The key of the client.
    pub key: ClientKey,
    /// The version of the client after the change.
    pub version: Version,
    /// The actor.
    pub by: Actor,
    /// The time, UTC.
    pub at: Timestamp,
    /// The state before; `None` for a creation.
    pub from: Option<ClientState>,
    /// The state after; it may be the same.
    pub to: ClientState,
    /// The fields whose value differs.
    pub changed: Vec<ClientField>,
    /// The reason, if one was given.
    pub reason: Option<Reason>,
    /// The notes.
    pub notes: Option<Notes>,
    /// The transaction that activated the client.
    pub transaction: Option<Transaction>,
    /// The document or address that the event is about.
    pub kyc: Option<KycItem>,
}

impl ClientEvent {
    /// Whether the event has withdrawn an open approval request.
    pub fn withdrew_request(&self) -> bool {
        self.kind.withdraws_request() && self.changed.contains(&ClientField::ApprovalStatus)
    }
}
