use jiff::Timestamp;

use super::amendment::{self, Amendment};
use super::approval::Approval;
use super::details::Details;
use super::former_names::FormerNames;
use super::snapshot::{ClientSnapshot, Inconsistent};
use super::two_persons::TwoPersons;
use crate::actor::AuditStamp;
use crate::kyc::{AddressInformation, IdentityDocument, Kyc};
use crate::lifecycle::ClientState;
use crate::value::{
    BirthDate, BranchKey, ClientId, ClientKey, CustomerNumber, CustomerType, Gender, Identification, Version,
};

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
/// A storage adapter writes [`Client::snapshot`] and passes it to [`Client::restore`] after reading. With the feature
/// `serde` a client is serialized as its snapshot, and one whose parts contradict each other is refused.
///
/// ```
/// use client_domain::{Actor, AuditStamp, Client, ClientState, example};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
/// let client = Client::onboard(example::application()?, &maker).client;
/// assert_eq!(client.details().postal_address.country.alpha2(), "NG");
/// assert_eq!(client.state().to_string(), "PendingApproval");
/// assert_eq!(client.key().as_ref().len(), 32);
/// assert_eq!("Active".parse(), Ok(ClientState::Active));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "ClientSnapshot", into = "ClientSnapshot"))]
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
        } else if snapshot.former_client.as_ref() == Some(&snapshot.key) {
            Err(Inconsistent::FormerClient)
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

    /// The fields that may be updated.
    pub const fn details(&self) -> &Details {
        &self.snapshot.details
    }

    /// The day of birth.
    pub const fn birth_date(&self) -> BirthDate {
        self.snapshot.birth_date
    }

    /// The gender in the identification.
    pub const fn gender(&self) -> Gender {
        self.snapshot.gender
    }

    /// The document that identifies the client.
    pub const fn identification(&self) -> &Identification {
        &self.snapshot.identification
    }

    /// Person or company.
    pub const fn customer_type(&self) -> CustomerType {
        self.snapshot.customer_type
    }

    /// The branch the client belongs to.
    pub const fn branch(&self) -> Option<&BranchKey> {
        self.snapshot.branch.as_ref()
    }

    /// The progress of the approval.
    pub const fn approval(&self) -> &Approval {
        &self.snapshot.approval
    }

    /// When the client last became active, if it did since its last approval.
    pub const fn activated_at(&self) -> Option<Timestamp> {
        self.snapshot.activated_at
    }

    /// The identity documents that the client has submitted.
    pub fn documents(&self) -> &[IdentityDocument] {
        &self.snapshot.kyc.documents
    }

    /// The addresses that the client has submitted.
    pub fn addresses(&self) -> &[AddressInformation] {
        &self.snapshot.kyc.addresses
    }

    /// The open amendments, oldest first.
    pub fn amendments(&self) -> &[Amendment] {
        &self.snapshot.amendments
    }

    /// Who created the client, and when.
    pub const fn created(&self) -> &AuditStamp {
        &self.snapshot.created
    }

    /// When the client was last written.
    pub const fn modified_at(&self) -> Timestamp {
        self.snapshot.modified_at
    }

    /// The client as if it had never had another name. It is no version of the client, so a store refuses it.
    #[must_use]
    pub(crate) fn without_former_names(&self) -> Self {
        let mut client = self.clone();
        client.snapshot.former_names = FormerNames::default();
        client
    }

    /// All values of the client, for reading.
    pub const fn snapshot(&self) -> &ClientSnapshot {
        &self.snapshot
    }
}

impl From<Client> for ClientSnapshot {
    fn from(client: Client) -> Self {
        client.snapshot
    }
}

impl TryFrom<ClientSnapshot> for Client {
    type Error = Inconsistent;

    fn try_from(snapshot: ClientSnapshot) -> Result<Self, Self::Error> {
        Self::restore(snapshot)
    }
}
