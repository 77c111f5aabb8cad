use client_domain::client::Decision;
use client_domain::kyc::{AddressDraft, AddressId};
use client_domain::lifecycle::Facts;
use client_domain::value::{
    AddressLine, AddressSupplement, ClientKey, Country, PlaceName, PostalCode, Version,
};
use client_domain::{AuditStamp, Client, Permission, Refusal};
use serde::{Deserialize, Serialize};

use super::stored;
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::request_digest::RequestDigest;
use crate::spine::plan::{Decide, Step};

/// Submits address information; its review is pending afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitAddress {
    /// The client.
    pub client: ClientRef,
    /// Street, house.
    pub line1: AddressLine,
    /// Flat, floor.
    pub line2: Option<AddressSupplement>,
    /// Town or city.
    pub city: PlaceName,
    /// State, province or region.
    pub state: PlaceName,
    /// The country.
    pub country: Country,
    /// The postal code.
    pub postal_code: Option<PostalCode>,
}

/// Address information was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressSubmitted {
    /// The client.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The id of the address information.
    #[serde(with = "stored")]
    pub address: AddressId,
    /// The version of the client after the command.
    #[serde(with = "stored")]
    pub version: Version,
    /// Whether it has withdrawn an open approval request.
    pub request_withdrawn: bool,
}

impl Sealed for SubmitAddress {}

impl Command for SubmitAddress {
    const NAME: &'static str = "CreateAddressInformationCommand";
    const PERMISSION: Permission = Permission::KycWrite;
    type Outcome = AddressSubmitted;

    fn outcome(decided: &Decided<'_>) -> Option<AddressSubmitted> {
        let event = decided.event?;
        Some(AddressSubmitted {
            client: decided.client.key().clone(),
            address: event.kyc.as_ref()?.address()?.clone(),
            version: decided.client.version(),
            request_withdrawn: event.withdrew_request(),
        })
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, line1, line2, city, state, country, postal_code } = self;
        client.digest(digest);
        digest.text(line1.as_str());
        digest.text(line2.as_ref().map(|line| line.as_str()));
        digest.text(city.as_str());
        digest.text(state.as_str());
        digest.text(country.name());
        digest.text(postal_code.as_ref().map(|code| code.as_str()));
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        let Self { client, line1, line2, city, state, country, postal_code } = self;
        let id = resources.keys.address_id();
        let draft = AddressDraft { id, line1, line2, city, state, country, postal_code };
        Ok(Step::change(Submission { client, draft }))
    }
}

struct Submission {
    client: ClientRef,
    draft: AddressDraft,
}

impl Decide for Submission {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let change = client.submit_address(self.draft.clone(), stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }
}
