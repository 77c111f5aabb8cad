use jiff::Timestamp;

use super::{Approval, Client, Details, Makers};
use crate::actor::AuditStamp;
use crate::kyc::Kyc;
use crate::lifecycle::ClientState;
use crate::value::{
    BirthDate, BranchKey, ClientId, ClientKey, CustomerType, Gender, Identification, TransactionReference,
    Version,
};

/// All values of a client as plain data: what a storage adapter writes and reads.
///
/// Any code can build one, but only [`Client::restore`] turns it into a client, and it rejects a state, an
/// approval and an activation that contradict each other.
#[derive(Clone, Debug, PartialEq)]
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
    /// The day of birth; it never changes.
    pub birth_date: BirthDate,
    /// The gender in the identification; it never changes.
    pub gender: Gender,
    /// The document that identifies the client; it never changes.
    pub identification: Identification,
    /// Person or company; it never changes.
    pub customer_type: CustomerType,
    /// The branch the client belongs to.
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
    /// Who has touched the client since its last decision.
    pub makers: Makers,
    /// Who created the client, and when.
    pub created: AuditStamp,
    /// When the client was last written.
    pub modified_at: Timestamp,
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
    /// The last write is before the first.
    #[error("the client was modified before it was created")]
    Modified,
}

impl Client {
    /// Turns a stored snapshot back into its client.
    ///
    /// ```
    /// use client_domain::client::Inconsistent;
    /// use client_domain::{Actor, Client, ClientState, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// assert_eq!(Client::restore(client.snapshot().clone())?, client);
    ///
    /// let mut forged = client.snapshot().clone();
    /// forged.state = ClientState::Active;
    /// assert_eq!(Client::restore(forged), Err(Inconsistent::Approval(ClientState::Active)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn restore(snapshot: ClientSnapshot) -> Result<Self, Inconsistent> {
        let approval_fits = match snapshot.state {
            ClientState::PendingApproval => {
                matches!(snapshot.approval, Approval::NotRequested | Approval::Requested(_))
            }
            ClientState::Rejected => matches!(snapshot.approval, Approval::Rejected(_)),
            ClientState::Approved | ClientState::Active | ClientState::BlackListed | ClientState::Exited => {
                matches!(snapshot.approval, Approval::Approved(_))
            }
        };
        let activation_fits = match snapshot.state {
            ClientState::Active => snapshot.activated_at.is_some(),
            ClientState::PendingApproval | ClientState::Approved | ClientState::Rejected => {
                snapshot.activated_at.is_none()
            }
            ClientState::BlackListed | ClientState::Exited => true,
        };
        if !approval_fits {
            Err(Inconsistent::Approval(snapshot.state))
        } else if !activation_fits {
            Err(Inconsistent::Activation(snapshot.state))
        } else if !snapshot.kyc.is_consistent() {
            Err(Inconsistent::Kyc)
        } else if snapshot.modified_at < snapshot.created.at {
            Err(Inconsistent::Modified)
        } else {
            Ok(Self { snapshot })
        }
    }
}
