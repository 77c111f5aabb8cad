use client_domain::client::{Correction, Decision};
use client_domain::lifecycle::Facts;
use client_domain::reason::ReasonedOperation;
use client_domain::value::{Reason, ReasonCode};
use client_domain::{AuditStamp, Client, Justification, Permission, Refusal};

use super::update_client::ClientUpdated;
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::request_digest::RequestDigest;
use crate::spine::plan::{Decide, NamedInDirectory, Step};

/// Corrects what an update cannot change: immediately while the approval is pending, later as an amendment that waits
/// for a second person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectClient {
    /// The client.
    pub client: ClientRef,
    /// The corrected values; all others stay.
    pub correction: Correction,
    /// Why the former values are wrong.
    pub reason: Reason,
    /// The code of the reason, mandatory if the bank lists codes for corrections.
    pub code: Option<ReasonCode>,
}

impl Sealed for CorrectClient {}

impl Command for CorrectClient {
    const NAME: &'static str = "CorrectContactCommand";
    const PERMISSION: Permission = Permission::Write;
    type Outcome = ClientUpdated;

    fn outcome(decided: &Decided<'_>) -> Option<ClientUpdated> {
        Some(ClientUpdated::of(decided))
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, correction, reason, code } = self;
        client.digest(digest);
        self::digest(digest, correction);
        digest.text(reason.as_str());
        digest.code(code.as_ref());
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        let code = resources.coded_reason(ReasonedOperation::Correct, self.code.as_ref())?;
        let justification = Justification { reason: Some(self.reason), code, notes: None };
        let Self { client, correction, .. } = self;
        Ok(Step::change(Correcting { client, correction, justification }))
    }
}

/// Adds corrected values to the digest of a command.
pub(super) fn digest(digest: &mut RequestDigest, correction: &Correction) {
    let Correction { birth_date, gender, identification_type, identification_number, customer_type, branch } =
        correction;
    digest.text(birth_date.map(|date| date.get().to_string()).as_deref());
    digest.text(gender.map(|gender| gender.name()));
    digest.text(identification_type.as_ref().map(|kind| kind.as_str()));
    digest.text(identification_number.as_ref().map(|number| number.as_str()));
    digest.text(customer_type.map(|kind| kind.name()));
    digest.text(branch.as_ref().map(|branch| branch.as_str()));
}

struct Correcting {
    client: ClientRef,
    correction: Correction,
    justification: Justification,
}

impl Decide for Correcting {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn names(&self) -> NamedInDirectory<'_> {
        NamedInDirectory { officer: None, branch: self.correction.branch.as_ref() }
    }

    fn decide(&self, client: &Client, facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        client.correct(self.correction.clone(), self.justification.clone(), facts, stamp)
    }
}
