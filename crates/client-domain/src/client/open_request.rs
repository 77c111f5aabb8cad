use super::aggregate::Client;
use crate::actor::AuditStamp;
use crate::event::{ClientEvent, EventKind};
use crate::kyc::DocumentKind;
use crate::value::Notes;

/// A type of document that a client was asked for, and of which none was submitted since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// The type.
    pub kind: DocumentKind,
    /// Who has asked for it last, and when.
    pub requested: AuditStamp,
    /// What was said with it.
    pub notes: Option<Notes>,
}

impl OpenRequest {
    /// The events that open and close requests.
    pub const EVENTS: &[EventKind] = &[EventKind::DocumentsRequested, EventKind::DocumentSubmitted];
}

impl Client {
    /// The documents that the client was asked for and has not submitted since, in the order of the numbers of their types, by
    /// its events of [`OpenRequest::EVENTS`], newest first.
    ///
    /// ```
    /// use client_domain::kyc::{DocumentKind, RequestedDocuments};
    /// use client_domain::{Actor, AuditStamp, Client, example};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
    /// let client = Client::onboard(example::application()?, &maker).client;
    /// let bill = RequestedDocuments::new(vec![DocumentKind::UtilityBill])?;
    /// let change = client.request_documents(bill, None, &maker)?;
    ///
    /// let open = change.client.open_requests([&change.event]);
    /// assert_eq!(open[0].kind, DocumentKind::UtilityBill);
    /// assert!(client.open_requests([]).is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn open_requests<'a>(&self, events: impl IntoIterator<Item = &'a ClientEvent>) -> Vec<OpenRequest> {
        let (mut open, mut decided): (Vec<OpenRequest>, Vec<DocumentKind>) = (Vec::new(), Vec::new());
        for event in events {
            let submitted = event.kyc.as_ref().filter(|_| event.kind == EventKind::DocumentSubmitted);
            let submitted = submitted.and_then(|item| self.kyc().document(item.document()?));
            decided.extend(submitted.map(|document| document.kind));
            for kind in event.requested.iter().flat_map(|requested| requested.kinds()).copied() {
                if !decided.contains(&kind) {
                    decided.push(kind);
                    let requested = AuditStamp::new(event.by.clone(), event.at);
                    open.push(OpenRequest { kind, requested, notes: event.notes.clone() });
                }
            }
        }
        open.sort_by_key(|request| request.kind.number());
        open
    }
}
