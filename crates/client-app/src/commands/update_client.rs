use client_domain::client::{ClientField, Decision, DetailsPatch, Patch};
use client_domain::lifecycle::Facts;
use client_domain::value::{ClientKey, MaritalStatus, Version};
use client_domain::{AuditStamp, ClaimKind, Client, ClientEvent, Permission, Refusal};
use serde::{Deserialize, Serialize};

use super::{stored, stored_list};
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
    /// Whether it has withdrawn an open approval request.
    pub request_withdrawn: bool,
    /// Values that other clients have too, for which the policy only warns.
    #[serde(with = "stored_list")]
    pub duplicates: Vec<ClaimKind>,
}

impl Sealed for UpdateClient {}

impl Command for UpdateClient {
    const NAME: &'static str = "UpdateContactCommand";
    const PERMISSION: Permission = Permission::Write;
    type Outcome = ClientUpdated;

    fn outcome(decided: &Decided<'_>) -> Option<ClientUpdated> {
        Some(ClientUpdated {
            client: decided.client.key().clone(),
            version: decided.client.version(),
            changed: decided.event.map(|event| event.changed.clone()).unwrap_or_default(),
            request_withdrawn: decided.event.is_some_and(ClientEvent::withdrew_request),
            duplicates: decided.duplicates.iter().copied().collect(),
        })
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, patch } = self;
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
        client.digest(digest);
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

    fn step(self, _resources: &Resources<'_>) -> Result<Step, Error> {
        Ok(Step::change(self))
    }
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

impl Decide for UpdateClient {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn names(&self) -> NamedInDirectory<'_> {
        let officer = match &self.patch.account_officer {
            Patch::Set(officer) => Some(*officer),
            Patch::Keep | Patch::Clear => None,
        };
        NamedInDirectory { officer, branch: None }
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        client.update(self.patch.clone(), stamp)
    }
}
