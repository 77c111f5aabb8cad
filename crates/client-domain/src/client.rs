//! The client, and everything that can happen to it.
//!
//! | what | where |
//! | --- | --- |
//! | somebody new | [`Client::onboard`] |
//! | details change | [`Client::update`] |
//! | approval is asked for | [`Client::request_approval`] |
//! | approve, reject, blacklist, undo, exit | [`Client::perform`] |
//! | the ledger saw a transaction | [`Client::record_transaction`] |
//! | papers are handed in and reviewed | [`Client::submit_document`], [`Client::review_document`], [`Client::submit_address`], [`Client::review_address`] |
//! | papers run out | [`Client::note_expiry`] |
//!
//! Each takes the client as it is, leaves it untouched, and answers a [`Change`] (the client as it will be and
//! the event that says so) or a [`Refusal`](crate::Refusal).

mod addresses;
mod approval;
mod approval_request;
mod decision;
mod details;
mod documents;
mod field;
mod makers;
mod onboard;
mod snapshot;
mod transaction;
mod transition;
mod update;

pub use approval::{Approval, ApprovalStatus};
pub use decision::{Change, Decision};
pub use details::{Details, DetailsPatch, Patch};
pub use field::ClientField;
pub use makers::{Maker, Makers, Touch, Touches};
pub use onboard::Application;
pub use snapshot::{ClientSnapshot, Inconsistent};
pub use transaction::Transaction;
pub use transition::Justification;

use crate::kyc::Kyc;
use crate::lifecycle::ClientState;
use crate::value::{ClientId, ClientKey, CustomerNumber, Version};

/// A bank's client: made by [`Client::onboard`], changed by decisions only.
///
/// There is no way to build one in a state of one's choice, and none to set a field:
///
/// ```compile_fail
/// use client_domain::{Client, ClientSnapshot};
///
/// fn promote(snapshot: ClientSnapshot) -> Client {
///     Client { snapshot } // the field is private
/// }
/// ```
///
/// A storage adapter reads [`Client::snapshot`] and gives it back to [`Client::restore`].
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    snapshot: ClientSnapshot,
}

impl Client {
    /// The key towards other systems.
    pub const fn key(&self) -> &ClientKey {
        &self.snapshot.key
    }

    /// The running number.
    pub const fn id(&self) -> ClientId {
        self.snapshot.id
    }

    /// The number people know the client by.
    pub const fn customer_number(&self) -> CustomerNumber {
        self.snapshot.id.customer_number()
    }

    /// Where the client stands.
    pub const fn state(&self) -> ClientState {
        self.snapshot.state
    }

    /// How often the client has been written.
    pub const fn version(&self) -> Version {
        self.snapshot.version
    }

    /// Whether the client is barred.
    pub fn is_blacklisted(&self) -> bool {
        self.snapshot.state == ClientState::BlackListed
    }

    /// What the client has handed in.
    pub const fn kyc(&self) -> &Kyc {
        &self.snapshot.kyc
    }

    /// Everything the client is made of, to be read.
    pub const fn snapshot(&self) -> &ClientSnapshot {
        &self.snapshot
    }
}
