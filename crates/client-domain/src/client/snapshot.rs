use jiff::Timestamp;

use super::{Approval, Client, Details, Makers};
use crate::actor::AuditStamp;
use crate::kyc::Kyc;
use crate::lifecycle::ClientState;
use crate::value::{
    BirthDate, BranchKey, ClientId, ClientKey, CustomerType, Gender, Identification, TransactionReference,
    Version,
};

/// Everything a client is made of, as plain values: what a storage adapter writes and reads.
///
/// Anybody can make one, but only [`Client::restore`] turns it into a client, and it refuses a state, a review
/// and an activation that contradict each other.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientSnapshot {
    /// The key towards other systems; it never changes.
    pub key: ClientKey,
    /// The running number; it never changes.
    pub id: ClientId,
    /// How often the client has been written.
    pub version: Version,
    /// Where the client stands.
    pub state: ClientState,
    /// What may be updated.
    pub details: Details,
    /// The day of birth; it never changes.
    pub birth_date: BirthDate,
    /// The gender in the papers; it never changes.
    pub gender: Gender,
    /// The identifying paper; it never changes.
    pub identification: Identification,
    /// Person or company; it never changes.
    pub customer_type: CustomerType,
    /// The branch the client belongs to.
    pub branch: Option<BranchKey>,
    /// How far the review has come.
    pub approval: Approval,
    /// When the client last became active, if it has since its last review.
    pub activated_at: Option<Timestamp>,
    /// The transactions that activated the client, oldest first: a report of one of them is old news.
    pub activations: Vec<TransactionReference>,
    /// What the client has handed in.
    pub kyc: Kyc,
    /// Who has touched the client since its last decision.
    pub makers: Makers,
    /// Who onboarded the client, and when.
    pub created: AuditStamp,
    /// When the client was last written.
    pub modified_at: Timestamp,
}

/// A snapshot whose parts contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Inconsistent {
    /// State and review contradict each other.
    #[error("the state {} does not go with the approval status", .0.name())]
    Approval(ClientState),
    /// An active client was never activated, or one that was never accepted was.
    #[error("the state {} does not go with the date of activation", .0.name())]
    Activation(ClientState),
    /// Two documents or two addresses have one id, or there are more than there can be.
    #[error("what was handed in cannot be told apart, or is too much")]
    Kyc,
    /// The last write lies before the first.
    #[error("the client was modified before it was created")]
    Modified,
}

impl Client {
    /// Turns a snapshot that was stored earlier back into the client it was taken of.
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
