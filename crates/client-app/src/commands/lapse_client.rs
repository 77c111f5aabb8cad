use client_domain::client::Decision;
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::Reason;
use client_domain::{AuditStamp, Client, ClientState, Justification, Refusal};
use jiff::Timestamp;

use crate::ports::store::ClientRef;
use crate::spine::plan::Decide;

/// Ends an application without a change since a moment. Only the job that looks for such applications sends it;
/// see [`crate::lapse`].
pub(crate) struct LapseClient {
    pub(crate) client: ClientRef,
    /// An application that was changed at this moment or later does not lapse.
    pub(crate) before: Timestamp,
    pub(crate) reason: Option<Reason>,
}

impl LapseClient {
    /// The name in the history.
    pub(crate) const NAME: &'static str = "LapseApplication";
}

impl Decide for LapseClient {
    fn client(&self) -> &ClientRef {
        &self.client
    }

    /// The client may have changed since it was found: then there is nothing to do.
    fn decide(&self, client: &Client, facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal> {
        let is_due =
            client.state() == ClientState::PendingApproval && client.snapshot().modified_at < self.before;
        if !is_due {
            return Ok(Decision::Unchanged);
        }
        let justification = Justification { reason: self.reason.clone(), ..Justification::default() };
        let change = client.perform(Action::Lapse, justification, facts, stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }
}
