//! The client, and the operations on it.
//!
//! | operation | function |
//! | --- | --- |
//! | create a client | [`Client::onboard`] |
//! | change details | [`Client::update`] |
//! | ask for approval | [`Client::request_approval`] |
//! | approve, reject, blacklist, undo, exit | [`Client::perform`] |
//! | record a transaction of the ledger | [`Client::record_transaction`] |
//! | submit and review documents and addresses | [`Client::submit_document`], [`Client::review_document`], [`Client::submit_address`], [`Client::review_address`] |
//! | record expiry | [`Client::note_expiry`] |
//!
//! Each leaves the client untouched and returns a [`Change`] (the next version of the client and its event)
//! or a [`Refusal`](crate::Refusal).

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

/// A client of the bank. [`Client::onboard`] creates it; only decisions change it.
///
/// No code outside this module can build a client in a chosen state or set a field:
///
/// ```compile_fail
/// use client_domain::{Client, ClientSnapshot};
///
/// fn promote(snapshot: ClientSnapshot) -> Client {
///     Client { snapshot } // the field is private
/// }
/// ```
///
/// A storage adapter writes [`Client::snapshot`] and passes it to [`Client::restore`] after reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    snapshot: ClientSnapshot,
}

impl Client {
    /// The key for other systems.
    pub const fn key(&self) -> &ClientKey {
        &self.snapshot.key
    }

    /// The running number.
    pub const fn id(&self) -> ClientId {
        self.snapshot.id
    }

    /// The number by which people know the client.
    pub const fn customer_number(&self) -> CustomerNumber {
        self.snapshot.id.customer_number()
    }

    /// The state in the lifecycle.
    pub const fn state(&self) -> ClientState {
        self.snapshot.state
    }

    /// How often the client was written.
    pub const fn version(&self) -> Version {
        self.snapshot.version
    }

    /// Whether the client is blacklisted.
    pub fn is_blacklisted(&self) -> bool {
        self.snapshot.state == ClientState::BlackListed
    }

    /// The documents and addresses that the client has submitted.
    pub const fn kyc(&self) -> &Kyc {
        &self.snapshot.kyc
    }

    /// All values of the client, for reading.
    pub const fn snapshot(&self) -> &ClientSnapshot {
        &self.snapshot
    }
}
