use super::aggregate::Client;
use super::approval::Approval;
use super::decision::Change;
use super::field::ClientField;
use crate::actor::AuditStamp;
use crate::event::EventKind;
use crate::lifecycle::Activity;
use crate::refusal::Refusal;
use crate::value::Notes;

impl Client {
    /// Requests the client's approval. Only one request can be open; the requester does not approve the
    /// client.
    ///
    /// ```
    /// use client_domain::{Actor, Client, AuditStamp, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let requested = client.request_approval(None, &maker)?.client;
    /// assert_eq!(requested.request_approval(None, &maker).unwrap_err().code(), "already_in_approval");
    /// # Ok(())
    /// # }
    /// ```
    pub fn request_approval(&self, notes: Option<Notes>, stamp: &AuditStamp) -> Result<Change, Refusal> {
        self.allow(Activity::RequestApproval)?;
        let changed = vec![ClientField::ApprovalStatus];
        let mut change = self.changed(EventKind::ApprovalRequested, changed, stamp, |snapshot| {
            snapshot.approval = Approval::Requested(stamp.clone());
        });
        change.event.notes = notes;
        Ok(change)
    }
}
