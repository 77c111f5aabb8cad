use jiff::Timestamp;

use super::amendment::Amendment;
use super::approval::Approval;
use super::contact_entry::ContactEntries;
use super::contact_point::ContactVerifications;
use super::details::Details;
use super::field::ClientField;
use super::former_names::FormerNames;
use super::makers::Makers;
use crate::actor::AuditStamp;
use crate::kyc::Kyc;
use crate::lifecycle::ClientState;
use crate::value::{
    BirthDate, BranchKey, ClientId, ClientKey, CustomerType, Gender, Identification, TransactionReference,
    Version,
};

/// All values of a client as plain data: what a storage adapter writes and reads.
///
/// Any code can build one, but only [`Client::restore`](super::Client::restore) turns it into a client, and it rejects a state, an
/// approval and an activation that contradict each other.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct ClientSnapshot {
    /// The key for other systems; it never changes.
    pub key: ClientKey,
    /// The running number; it never changes.
    pub id: ClientId,
    /// How often the client was written.
    pub version: Version,
    /// The state in the lifecycle.
    pub state: ClientState,
    /// The fields that may be updated.
    pub details: Details,
    /// The names that the client had before.
    pub former_names: FormerNames,
    /// The day of birth; only a correction changes it.
    pub birth_date: BirthDate,
    /// The gender in the identification; only a correction changes it.
    pub gender: Gender,
    /// The document that identifies the client; only a correction changes it.
    pub identification: Identification,
    /// Person or company; only a correction changes it.
    pub customer_type: CustomerType,
    /// The branch the client belongs to; only a correction changes it.
    pub branch: Option<BranchKey>,
    /// The progress of the approval.
    pub approval: Approval,
    /// When the client last became active, if it did since its last approval.
    pub activated_at: Option<Timestamp>,
    /// The transactions that activated the client, oldest first. A repeated report of one of them has no
    /// effect.
    pub activations: Vec<TransactionReference>,
    /// The documents and addresses that the client has submitted.
    pub kyc: Kyc,
    /// The verifications of phone number and e-mail address.
    pub contact_verifications: ContactVerifications,
    /// Who entered the phone number and the e-mail address.
    pub contact_entries: ContactEntries,
    /// The exited client that this one was before it returned, if it did; it never changes.
    pub former_client: Option<ClientKey>,
    /// The open amendments, oldest first. A field is in at most one of them.
    pub amendments: Vec<Amendment>,
    /// Who has touched the client since its last approval.
    pub makers: Makers,
    /// Who created the client, and when.
    pub created: AuditStamp,
    /// When the client was last written.
    pub modified_at: Timestamp,
}

impl ClientSnapshot {
    /// The open amendment of this field.
    pub fn amendment_of(&self, field: ClientField) -> Option<&Amendment> {
        self.amendments.iter().find(|amendment| amendment.proposed_for(field).is_some())
    }
}

/// A snapshot whose parts contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Inconsistent {
    /// State and approval contradict each other.
    #[error("the state {} contradicts the approval status", .0.name())]
    Approval(ClientState),
    /// State and activation contradict each other: an active client without activation, or an activation
    /// without approval.
    #[error("the state {} contradicts the activation date", .0.name())]
    Activation(ClientState),
    /// Two documents or two addresses have the same id, or there are too many.
    #[error("duplicate ids among the documents or addresses, or too many of them")]
    Kyc,
    /// Amendments are open in a state that has none, one of them is empty, or two have the same field.
    #[error("the open amendments contradict each other or the state")]
    Amendments,
    /// The client is its own former record.
    #[error("the client has returned from itself")]
    FormerClient,
    /// The last write is before the first.
    #[error("the client was modified before it was created")]
    Modified,
}
