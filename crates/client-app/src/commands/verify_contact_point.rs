use std::sync::Arc;

use client_domain::client::{ContactValue, ContactVerification, Decision};
use client_domain::lifecycle::Facts;
use client_domain::value::{ClientKey, NumberingPlan, Reason, TransactionReference, Version};
use client_domain::{AuditStamp, Client, Permission, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::stored;
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::request_digest::RequestDigest;
use crate::spine::plan::{Decide, Step};

/// Records that the phone number or the e-mail address in force was verified, for example by a code that another system
/// has sent. It names the value that was verified, so a change that comes in between is noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyContactPoint {
    /// The client.
    pub client: ClientRef,
    /// The phone number or the e-mail address that was verified.
    pub value: ContactValue,
    /// How it was verified; it is part of the history.
    pub means: Reason,
    /// The reference of the system that did it.
    pub reference: Option<TransactionReference>,
}

/// A contact point was verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPointVerified {
    /// The client.
    #[serde(with = "stored")]
    pub client: ClientKey,
    /// The version of the client with the verification.
    #[serde(with = "stored")]
    pub version: Version,
    /// When it was verified.
    #[serde(with = "stored")]
    pub at: Timestamp,
}

impl Sealed for VerifyContactPoint {}

impl Command for VerifyContactPoint {
    const NAME: &'static str = "VerifyContactPointCommand";
    const PERMISSION: Permission = Permission::KycReview;
    type Outcome = ContactPointVerified;

    fn outcome(decided: &Decided<'_>) -> Option<ContactPointVerified> {
        Some(ContactPointVerified {
            client: decided.client.key().clone(),
            version: decided.client.version(),
            at: decided.stamp.at,
        })
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, value, means, reference } = self;
        client.digest(digest);
        digest.text(value.point().name());
        digest.text(value.as_str());
        digest.text(means.as_str());
        digest.text(reference.as_ref().map(|reference| reference.as_str()));
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        Ok(Step::change(Verify { command: self, numbering: Arc::clone(resources.numbering) }))
    }
}

/// A verification that reads national phone numbers in the client's country.
struct Verify {
    command: VerifyContactPoint,
    numbering: Arc<dyn NumberingPlan>,
}

impl Verify {
    /// The value that was verified: the one in force if both are one number, whatever their form.
    fn value_of(&self, client: &Client) -> ContactValue {
        let details = &client.snapshot().details;
        let country = details.postal_address.country;
        match &self.command.value {
            ContactValue::Mobile(named) if self.numbering.is_one_number(named, &details.phone, country) => {
                ContactValue::Mobile(details.phone.clone())
            }
            named => named.clone(),
        }
    }
}

impl Decide for Verify {
    fn client(&self) -> &ClientRef {
        &self.command.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let verification = ContactVerification {
            value: self.value_of(client),
            stamp: stamp.clone(),
            means: self.command.means.clone(),
            reference: self.command.reference.clone(),
        };
        let change = client.verify_contact_point(verification)?;
        Ok(Decision::Changed(Box::new(change)))
    }
}
