use super::aggregate::Client;
use super::decision::Change;
use crate::actor::AuditStamp;
use crate::event::EventKind;
use crate::kyc::RequestedDocuments;
use crate::lifecycle::Activity;
use crate::refusal::Refusal;
use crate::value::Notes;

impl Client {
    /// Asks the client for documents of these types. Nothing else of the client changes: an open approval request stays
    /// open, and the actor may approve the client.
    ///
    /// ```
    /// use client_domain::kyc::{DocumentKind, RequestedDocuments};
    /// use client_domain::{Actor, AuditStamp, Client, EventKind, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let checker = AuditStamp::new(Actor::parse("checker-7")?, "2026-01-06T10:30:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let bill = RequestedDocuments::new(vec![DocumentKind::UtilityBill])?;
    ///
    /// let change = client.request_documents(bill.clone(), None, &checker)?;
    /// assert_eq!(change.event.kind, EventKind::DocumentsRequested);
    /// assert_eq!(change.event.requested, Some(bill));
    /// # Ok(())
    /// # }
    /// ```
    pub fn request_documents(
        &self,
        documents: RequestedDocuments,
        notes: Option<Notes>,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal> {
        self.allow(Activity::RequestDocuments)?;
        let mut change = self.changed(EventKind::DocumentsRequested, Vec::new(), stamp, |_| ());
        change.event.requested = Some(documents);
        change.event.notes = notes;
        Ok(change)
    }
}
