//! What has happened to a client, in the past tense.

use jiff::Timestamp;

use crate::actor::Actor;
use crate::client::{ClientField, Transaction};
use crate::kyc::KycItem;
use crate::lifecycle::ClientState;
use crate::value::{ClientKey, Notes, Reason, Version};

/// The kinds of things that happen to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Somebody new was onboarded.
    Created,
    /// Details were changed.
    Updated,
    /// Somebody asked for the client's approval.
    ApprovalRequested,
    /// The client was accepted.
    Approved,
    /// The client was turned down.
    Rejected,
    /// The client was barred.
    Blacklisted,
    /// The bar was lifted.
    BlacklistRemoved,
    /// The first transaction was seen.
    Activated,
    /// The relationship ended.
    Exited,
    /// An identity document was handed in.
    DocumentSubmitted,
    /// A document got another file.
    DocumentReplaced,
    /// A document was found good.
    DocumentApproved,
    /// A document was turned down.
    DocumentRejected,
    /// A document will run out soon.
    DocumentExpiring,
    /// A document has run out.
    DocumentExpired,
    /// What was told of the end of a document was taken back: it was told too early.
    DocumentNoticeWithdrawn,
    /// Address information was handed in.
    AddressSubmitted,
    /// Address information was found good.
    AddressApproved,
    /// Address information was turned down.
    AddressRejected,
    /// A kind of a newer release, by its name: this one shows it and delivers it, and never writes it.
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
    /// Whether it changes what a request for approval was made for, and so withdraws one that is open.
    pub const fn withdraws_request(self) -> bool {
        matches!(
            self,
            Self::Updated | Self::DocumentSubmitted | Self::DocumentReplaced | Self::AddressSubmitted
        )
    }
}

/// One thing that has happened to one client. Each change makes exactly one, so the versions of a client's
/// events run 1, 2, 3 … without a gap.
///
/// It names the fields that changed and never their values. Reason and notes are for the history, which only
/// people with the permission see; what is sent to other systems leaves them out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientEvent {
    /// What happened.
    pub kind: EventKind,
    /// To whom.
    pub key: ClientKey,
    /// The version of the client that this made.
    pub version: Version,
    /// Who did it.
    pub by: Actor,
    /// When, UTC.
    pub at: Timestamp,
    /// The state before; none before a creation.
    pub from: Option<ClientState>,
    /// The state after; the same as before where the state did not change.
    pub to: ClientState,
    /// The fields that have another value than before.
    pub changed: Vec<ClientField>,
    /// Why, where a reason was given.
    pub reason: Option<Reason>,
    /// What was remarked.
    pub notes: Option<Notes>,
    /// The transaction that activated the client.
    pub transaction: Option<Transaction>,
    /// The document or address that it is about.
    pub kyc: Option<KycItem>,
}

impl ClientEvent {
    /// Whether it has withdrawn a request for approval that was open.
    pub fn withdrew_request(&self) -> bool {
        self.kind.withdraws_request() && self.changed.contains(&ClientField::ApprovalStatus)
    }
}
