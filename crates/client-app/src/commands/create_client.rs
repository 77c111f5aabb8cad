use client_domain::client::{Application, Details};
use client_domain::value::{
    BirthDate, BranchKey, ClientId, ClientKey, CustomerNumber, CustomerType, Gender, Identification,
    MaritalStatus, Version,
};
use client_domain::{ClaimKind, Permission};
use serde::{Deserialize, Serialize};

use super::{stored, stored_list};
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::request_digest::RequestDigest;
use crate::spine::plan::{NamedInDirectory, Onboard, Step};

/// Creates a client, whose approval is pending afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateClient {
    /// The fields that may be updated later.
    pub details: Details,
    /// The day of birth.
    pub birth_date: BirthDate,
    /// The gender in the identity document.
    pub gender: Gender,
    /// The document that identifies the client.
    pub identification: Identification,
    /// Person or company.
    pub customer_type: CustomerType,
    /// The branch; `None` means the caller's own branch.
    pub branch: Option<BranchKey>,
}

/// A client was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCreated {
    /// The key for other systems.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The running number.
    #[serde(with = "stored")]
    pub id: ClientId,
    /// The version, for the next command.
    #[serde(with = "stored")]
    pub version: Version,
    /// Values that other clients have too, for which the policy only warns.
    #[serde(with = "stored_list")]
    pub duplicates: Vec<ClaimKind>,
    /// Whether the client looks like another one, and the policy warns of it.
    #[serde(default)]
    pub looks_alike: bool,
}

impl ClientCreated {
    pub(super) fn of(decided: &Decided<'_>) -> Self {
        Self {
            client: decided.client.key().clone(),
            id: decided.client.id(),
            version: decided.client.version(),
            duplicates: decided.duplicates.iter().copied().collect(),
            looks_alike: decided.looks_alike,
        }
    }

    /// The number by which people know the client.
    pub const fn customer_number(&self) -> CustomerNumber {
        self.id.customer_number()
    }
}

impl Onboard for CreateClient {
    /// The branch and the account officer of the command.
    fn names(&self) -> NamedInDirectory<'_> {
        NamedInDirectory { branch: self.branch.as_ref(), officer: self.details.account_officer }
    }

    /// The application, with a fresh key and number.
    fn application(&self, key: ClientKey, id: ClientId) -> Application {
        Application {
            key,
            id,
            details: self.details.clone(),
            birth_date: self.birth_date,
            gender: self.gender,
            identification: self.identification.clone(),
            customer_type: self.customer_type,
            branch: self.branch.clone(),
        }
    }
}

impl Sealed for CreateClient {}

impl Command for CreateClient {
    const NAME: &'static str = "CreateContactCommand";
    const PERMISSION: Permission = Permission::Write;
    type Outcome = ClientCreated;

    fn outcome(decided: &Decided<'_>) -> Option<ClientCreated> {
        Some(ClientCreated::of(decided))
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { details, birth_date, gender, identification, customer_type, branch } = self;
        let Details {
            first_name,
            middle_name,
            last_name,
            email,
            phone,
            postal_address: place,
            marital_status,
            account_officer,
        } = details;
        digest.text(first_name.as_str());
        digest.text(middle_name.as_ref().map(|name| name.as_str()));
        digest.text(last_name.as_str());
        digest.text(email.as_str());
        digest.text(phone.as_str());
        digest.text(place.address.as_str());
        digest.text(place.city.as_str());
        digest.text(place.state.as_str());
        digest.text(place.country.name());
        digest.text(marital_status.map(MaritalStatus::name));
        digest.text(&*account_officer.map(|officer| officer.get().to_string()).unwrap_or_default());
        digest.text(&*birth_date.get().to_string());
        digest.text(gender.name());
        digest.text(identification.kind.as_str());
        digest.text(identification.number.as_str());
        digest.text(customer_type.name());
        digest.text(branch.as_ref().map(|branch| branch.as_str()));
    }

    fn step(mut self, resources: &Resources<'_>) -> Result<Step, Error> {
        self.branch = self.branch.or_else(|| resources.caller.branch.clone());
        Ok(Step::Create(Box::new(self)))
    }
}
