//! Events of a client, in the past tense.

pub(crate) mod kind;

use jiff::Timestamp;

pub use kind::EventKind;

use crate::actor::Actor;
use crate::client::amendment::AmendmentId;
use crate::client::field::ClientField;
use crate::client::transaction::Transaction;
use crate::kyc::{KycItem, RequestedDocuments};
use crate::lifecycle::ClientState;
use crate::reason::CodedReason;
use crate::value::{ClientKey, Notes, Reason, Version};

/// One event of one client. Each change makes exactly one, so the versions of a client's events are 1, 2, 3 …
/// without a gap.
///
/// It names the fields that changed and never their values. Reason and notes are for the history, which only
/// callers with the permission see; events for other systems omit them, and have the code of the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
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
    /// The reason from the bank's catalogue, if it lists some for the operation.
    pub reason_code: Option<CodedReason>,
    /// The notes.
    pub notes: Option<Notes>,
    /// The transaction that activated the client.
    pub transaction: Option<Transaction>,
    /// The document or address that the event is about.
    pub kyc: Option<KycItem>,
    /// The types of the documents that the client is asked for.
    pub requested: Option<RequestedDocuments>,
    /// The amendment that the event proposes, decides about or withdraws.
    pub amendment: Option<AmendmentId>,
}

impl ClientEvent {
    /// Whether the event has withdrawn an open approval request.
    pub fn withdrew_request(&self) -> bool {
        self.kind.withdraws_request() && self.changed.contains(&ClientField::ApprovalStatus)
    }
}
