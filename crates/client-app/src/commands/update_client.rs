use std::sync::Arc;

use client_domain::client::{AmendmentId, ClientField, Decision, DetailsPatch, Patch, ValueChange};
use client_domain::lifecycle::Facts;
use client_domain::value::{ClientKey, MaritalStatus, NumberingPlan, PhoneNumber, Version};
use client_domain::{AuditStamp, ClaimKind, Client, ClientEvent, Invalid, Permission, Refusal};
use serde::{Deserialize, Serialize};

use super::{stored, stored_list, stored_option};
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::request_digest::RequestDigest;
use crate::spine::plan::{Decide, NamedInDirectory, Step};

/// Changes details of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateClient {
    /// The client.
    pub client: ClientRef,
    /// The changed fields; all others stay.
    pub patch: DetailsPatch,
}

/// A client was updated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientUpdated {
    /// The client.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The version after the command.
    #[serde(with = "stored")]
    pub version: Version,
    /// The fields whose value has changed; empty if the client had all values already.
    #[serde(with = "stored_list")]
    pub changed: Vec<ClientField>,
    /// The amendment in which values wait for a second person; `None` if none does.
    #[serde(default, with = "stored_option")]
    pub amendment: Option<AmendmentId>,
    /// The fields whose value waits.
    #[serde(default, with = "stored_list")]
    pub pending: Vec<ClientField>,
    /// Whether it has withdrawn an open approval request.
    pub request_withdrawn: bool,
    /// Values that other clients have too, for which the policy only warns.
    #[serde(with = "stored_list")]
    pub duplicates: Vec<ClaimKind>,
    /// Whether the client looks like another one, and the policy warns of it.
    #[serde(default)]
    pub looks_alike: bool,
}

impl ClientUpdated {
    pub(super) fn of(decided: &Decided<'_>) -> Self {
        Self {
            client: decided.client.key().clone(),
            version: decided.client.version(),
            changed: decided.event.map(|event| event.changed.clone()).unwrap_or_default(),
            amendment: decided.proposal().cloned(),
            pending: decided.proposed.iter().map(ValueChange::field).collect(),
            request_withdrawn: decided.event.is_some_and(ClientEvent::withdrew_request),
            duplicates: decided.duplicates.iter().copied().collect(),
            looks_alike: decided.looks_alike,
        }
    }
}

impl Sealed for UpdateClient {}

impl Command for UpdateClient {
    const NAME: &'static str = "UpdateContactCommand";
    const PERMISSION: Permission = Permission::Write;
    type Outcome = ClientUpdated;

    fn outcome(decided: &Decided<'_>) -> Option<ClientUpdated> {
        Some(ClientUpdated::of(decided))
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, patch } = self;
        client.digest(digest);
        self::digest(digest, patch);
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        Ok(Step::change(Update { command: self, numbering: Arc::clone(resources.numbering) }))
    }
}

/// Adds changed details to the digest of a command.
pub(super) fn digest(digest: &mut RequestDigest, patch: &DetailsPatch) {
    let DetailsPatch {
        first_name,
        middle_name,
        last_name,
        email,
        phone,
        address,
        city,
        state,
        country,
        marital_status,
        account_officer,
    } = patch;
    digest.text(first_name.as_ref().map(|name| name.as_str()));
    patched(digest, middle_name, |name| name.as_str().to_owned());
    digest.text(last_name.as_ref().map(|name| name.as_str()));
    digest.text(email.as_ref().map(|email| email.as_str()));
    digest.text(phone.as_ref().map(|phone| phone.as_str()));
    digest.text(address.as_ref().map(|address| address.as_str()));
    digest.text(city.as_ref().map(|city| city.as_str()));
    digest.text(state.as_ref().map(|state| state.as_str()));
    digest.text(country.map(|country| country.name()));
    patched(digest, marital_status, |status| MaritalStatus::name(*status).to_owned());
    patched(digest, account_officer, |officer| officer.get().to_string());
}

fn patched<T>(digest: &mut RequestDigest, patch: &Patch<T>, text: impl Fn(&T) -> String) {
    match patch {
        Patch::Keep => digest.text(None),
        Patch::Clear => digest.text("clear"),
        Patch::Set(value) => {
            digest.text("set");
            digest.text(&*text(value));
        }
    }
}

/// An update that reads a national phone number in the client's country.
struct Update {
    command: UpdateClient,
    numbering: Arc<dyn NumberingPlan>,
}

/// The phone number of a patch, if it has one without a country: it is one of the client's country, or of the one that it
/// moves to, and refused where that has no such number.
fn national(
    patch: &DetailsPatch,
    client: &Client,
    plan: &dyn NumberingPlan,
) -> Result<Option<PhoneNumber>, Invalid> {
    let country = patch.country.unwrap_or(client.snapshot().details.postal_address.country);
    let Some(given) = patch.phone.as_ref().filter(|phone| !phone.as_str().starts_with('+')) else {
        return Ok(None);
    };
    let number = plan.parse(given.as_str(), Some(country))?;
    Ok(Some(number.entered_as(given.entered().unwrap_or(given.as_str()))))
}

/// Refuses a phone number that its country does not have.
pub(super) fn check_phone(
    patch: &DetailsPatch,
    client: &Client,
    plan: &dyn NumberingPlan,
) -> Result<(), Error> {
    let number = national(patch, client, plan);
    number.map(drop).map_err(|rule| Error::InvalidValue { field: ClientField::PhoneNumber, rule })
}

/// The patch, with its phone number in its country. One that [`check_phone`] refuses stays as it was given.
pub(super) fn in_country(patch: &DetailsPatch, client: &Client, plan: &dyn NumberingPlan) -> DetailsPatch {
    let number = national(patch, client, plan).ok().flatten();
    DetailsPatch { phone: number.or_else(|| patch.phone.clone()), ..patch.clone() }
}

impl Decide for Update {
    fn client(&self) -> &ClientRef {
        &self.command.client
    }

    fn names(&self) -> NamedInDirectory<'_> {
        let officer = match &self.command.patch.account_officer {
            Patch::Set(officer) => Some(*officer),
            Patch::Keep | Patch::Clear => None,
        };
        NamedInDirectory { officer, branch: None }
    }

    fn check(&self, client: &Client) -> Result<(), Error> {
        check_phone(&self.command.patch, client, &*self.numbering)
    }

    fn decide(&self, client: &Client, facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        client.update(in_country(&self.command.patch, client, &*self.numbering), facts, stamp)
    }
}
