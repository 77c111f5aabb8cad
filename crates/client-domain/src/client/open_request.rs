use super::aggregate::Client;
use crate::actor::AuditStamp;
use crate::event::{ClientEvent, EventKind};
use crate::kyc::{DocumentKind, KycItem};
use crate::value::Notes;

/// A type of document that a client was asked for, and of which none was submitted or replaced since.
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
    pub const EVENTS: &[EventKind] =
        &[EventKind::DocumentsRequested, EventKind::DocumentSubmitted, EventKind::DocumentReplaced];
}

/// The open requests of a client while its events of [`OpenRequest::EVENTS`] are read, newest first.
///
/// ```
/// use client_domain::client::OpenRequests;
/// use client_domain::kyc::{DocumentKind, RequestedDocuments};
/// use client_domain::{Actor, AuditStamp, Client, example};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
/// let client = Client::onboard(example::application()?, &maker).client;
/// let bill = RequestedDocuments::new(vec![DocumentKind::UtilityBill])?;
/// let change = client.request_documents(bill, None, &maker)?;
///
/// let mut requests = OpenRequests::of(&change.client);
/// assert!(requests.clone().into_requests().is_empty());
/// requests.read(&change.event);
/// assert_eq!(requests.into_requests()[0].kind, DocumentKind::UtilityBill);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct OpenRequests<'a> {
    client: &'a Client,
    open: Vec<OpenRequest>,
    /// The types of which the newest event was read.
    decided: Vec<DocumentKind>,
}

impl<'a> OpenRequests<'a> {
    /// Before any event was read.
    pub const fn of(client: &'a Client) -> Self {
        Self { client, open: Vec::new(), decided: Vec::new() }
    }

    /// Reads the event before the one that was read last. A document that is submitted, or whose file is replaced, answers the
    /// requests before it.
    pub fn read(&mut self, event: &ClientEvent) {
        let arrives = matches!(event.kind, EventKind::DocumentSubmitted | EventKind::DocumentReplaced);
        let document = event.kyc.as_ref().filter(|_| arrives).and_then(KycItem::document);
        let document = document.and_then(|id| self.client.kyc().document(id));
        self.decided.extend(document.map(|document| document.kind));
        for kind in event.requested.iter().flat_map(|requested| requested.kinds()).copied() {
            if !self.decided.contains(&kind) {
                self.decided.push(kind);
                let requested = AuditStamp::new(event.by.clone(), event.at);
                self.open.push(OpenRequest { kind, requested, notes: event.notes.clone() });
            }
        }
    }

    /// Whether earlier events change nothing.
    pub fn is_decided(&self) -> bool {
        DocumentKind::ALL.iter().all(|kind| self.decided.contains(kind))
    }

    /// The open requests, in the order of the numbers of their types.
    pub fn into_requests(mut self) -> Vec<OpenRequest> {
        self.open.sort_by_key(|request| request.kind.number());
        self.open
    }
}
