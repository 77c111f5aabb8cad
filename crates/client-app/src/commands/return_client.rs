use std::sync::Arc;

use client_domain::client::{Change, Correction, DetailsPatch, Renewal};
use client_domain::lifecycle::Facts;
use client_domain::reason::ReasonedOperation;
use client_domain::value::{BranchKey, Notes, NumberingPlan, Reason, ReasonCode};
use client_domain::{AuditStamp, Client, Justification, Permission, Refusal};

use super::create_client::ClientCreated;
use super::{correct_client, update_client};
use crate::command::sealed::Sealed;
use crate::command::{Command, Resources};
use crate::error::Error;
use crate::executed::Decided;
use crate::ports::store::ClientRef;
use crate::request_digest::RequestDigest;
use crate::spine::plan::{Fresh, OnboardAgain, Step};

/// Applies again for an exited client, as a new client that is linked to it; its approval is pending afterwards.
///
/// The values of the former record are copied, except for those given here. Documents, address information and
/// verifications are not copied. An expected version is that of the former record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnClient {
    /// The exited client.
    pub client: ClientRef,
    /// The details that are other ones now.
    pub patch: DetailsPatch,
    /// What else is another value now.
    pub correction: Correction,
    /// The reason; it is part of the history.
    pub reason: Reason,
    /// The code of the reason, mandatory if the bank lists codes for this command.
    pub code: Option<ReasonCode>,
    /// Notes for the history.
    pub notes: Option<Notes>,
}

impl Sealed for ReturnClient {}

impl Command for ReturnClient {
    const NAME: &'static str = "ReturnCustomerCommand";
    const PERMISSION: Permission = Permission::Write;
    type Outcome = ClientCreated;

    fn outcome(decided: &Decided<'_>) -> Option<ClientCreated> {
        Some(ClientCreated::of(decided))
    }

    fn digest(&self, digest: &mut RequestDigest) {
        let Self { client, patch, correction, reason, code, notes } = self;
        client.digest(digest);
        update_client::digest(digest, patch);
        correct_client::digest(digest, correction);
        digest.text(reason.as_str());
        digest.text(notes.as_ref().map(|notes| notes.as_str()));
        digest.code(code.as_ref());
    }

    fn step(self, resources: &Resources<'_>) -> Result<Step, Error> {
        let code = resources.coded_reason(ReasonedOperation::Return, self.code.as_ref())?;
        let justification = Justification { reason: Some(self.reason), code, notes: self.notes };
        Ok(Step::CreateAgain(Box::new(Return {
            client: self.client,
            patch: self.patch,
            correction: self.correction,
            justification,
            default_branch: resources.caller.branch.clone(),
            numbering: Arc::clone(resources.numbering),
        })))
    }
}

/// A return whose reason is one of the bank's, and which reads a national phone number in the client's country.
struct Return {
    client: ClientRef,
    patch: DetailsPatch,
    correction: Correction,
    justification: Justification,
    default_branch: Option<BranchKey>,
    numbering: Arc<dyn NumberingPlan>,
}

impl OnboardAgain for Return {
    fn former(&self) -> &ClientRef {
        &self.client
    }

    fn check(&self, former: &Client) -> Result<(), Error> {
        update_client::check_phone(&self.patch, former, &*self.numbering)
    }

    fn decide(
        &self,
        former: &Client,
        fresh: Fresh,
        facts: &Facts,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        let renewal = Renewal {
            key: fresh.key,
            id: fresh.id,
            details: update_client::in_country(&self.patch, former, &*self.numbering),
            correction: self.correction.clone(),
            default_branch: self.default_branch.clone(),
        };
        former.return_as(renewal, self.justification.clone(), facts, stamp)
    }
}
