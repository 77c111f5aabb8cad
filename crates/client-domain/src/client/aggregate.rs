use super::amendment;
use super::approval::Approval;
use super::snapshot::{ClientSnapshot, Inconsistent};
use super::two_persons::TwoPersons;
use crate::kyc::Kyc;
use crate::lifecycle::ClientState;
use crate::value::{ClientId, ClientKey, CustomerNumber, Version};

/// A client of the bank. [`Client::onboard`] creates it; only decisions change it.
///
/// No code outside this folder can build a client in a chosen state or set a field:
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
    pub(super) snapshot: ClientSnapshot,
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
        let amendments_fit = snapshot.amendments.is_empty()
            || (TwoPersons::STATES.contains(&snapshot.state)
                && amendment::are_consistent(&snapshot.amendments, &snapshot.key));
        if !approval_fits {
            Err(Inconsistent::Approval(snapshot.state))
        } else if !activation_fits {
            Err(Inconsistent::Activation(snapshot.state))
        } else if !snapshot.kyc.is_consistent() {
            Err(Inconsistent::Kyc)
        } else if !amendments_fit {
            Err(Inconsistent::Amendments)
        } else if snapshot.modified_at < snapshot.created.at {
            Err(Inconsistent::Modified)
        } else {
            Ok(Self { snapshot })
        }
    }

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
