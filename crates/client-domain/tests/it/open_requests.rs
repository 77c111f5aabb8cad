//! Which documents a client was asked for and still has to bring.

use client_domain::client::{Change, OpenRequest, OpenRequests};
use client_domain::kyc::{DocumentKind, RequestedDocuments};
use client_domain::value::Notes;
use client_domain::{AuditStamp, Client, ClientEvent};

use crate::documents::document;
use crate::fixtures::{maker, pending, stamp};

const PASSPORT: DocumentKind = DocumentKind::InternationalPassport;
const BILL: DocumentKind = DocumentKind::UtilityBill;

/// A client and its events, the newest first.
struct Story {
    client: Client,
    events: Vec<ClientEvent>,
}

impl Story {
    fn new() -> Self {
        Self { client: pending(), events: Vec::new() }
    }

    fn then(mut self, change: impl FnOnce(&Client) -> Change) -> Self {
        let change = change(&self.client);
        self.client = change.client;
        self.events.insert(0, change.event);
        self
    }

    fn ask(self, kinds: &[DocumentKind], notes: Option<&str>, by: &AuditStamp) -> Self {
        let kinds = RequestedDocuments::new(kinds.to_vec()).unwrap();
        let notes = notes.map(|notes| Notes::parse(notes).unwrap());
        self.then(|client| client.request_documents(kinds, notes, by).unwrap())
    }

    fn submit(self, n: u8, kind: DocumentKind) -> Self {
        self.then(|client| client.submit_document(document(n, kind, None, &maker()), &maker()).unwrap())
    }

    fn replace(self, n: u8, kind: DocumentKind) -> Self {
        let draft = document(n, kind, None, &stamp("maker", 30));
        self.then(|client| client.replace_content(&draft.id, draft.content.clone(), &maker()).unwrap())
    }

    fn open(&self) -> Vec<OpenRequest> {
        let mut requests = OpenRequests::of(&self.client);
        self.events.iter().for_each(|event| requests.read(event));
        requests.into_requests()
    }

    fn kinds(&self) -> Vec<DocumentKind> {
        self.open().into_iter().map(|request| request.kind).collect()
    }
}

#[test]
fn request_is_open_until_a_document_of_its_type_is_submitted() {
    let asked = Story::new().ask(&[BILL, PASSPORT], None, &maker());
    assert_eq!(asked.kinds(), [PASSPORT, BILL]);
    let other = asked.submit(1, DocumentKind::NationalId);
    assert_eq!(other.kinds(), [PASSPORT, BILL]);
    let one = other.submit(2, PASSPORT);
    assert_eq!(one.kinds(), [BILL]);
    assert!(one.submit(3, BILL).open().is_empty());
}

#[test]
fn document_from_before_the_request_does_not_answer_it() {
    let asked = Story::new().submit(1, PASSPORT).ask(&[PASSPORT], None, &maker());
    assert_eq!(asked.kinds(), [PASSPORT]);
    // The scan could not be read, and its file was sent again.
    assert!(asked.replace(1, PASSPORT).open().is_empty());
}

#[test]
fn last_request_of_a_type_counts() {
    let (first, second) = (stamp("checker", 1), stamp("other", 2));
    let asked = Story::new().ask(&[BILL], Some("Of this year."), &first).ask(&[BILL], None, &second);
    let open = asked.open();
    assert_eq!(open, [OpenRequest { kind: BILL, requested: second, notes: None }]);
}

#[test]
fn earlier_events_change_nothing_once_each_type_is_decided() {
    let asked = Story::new().submit(1, PASSPORT).ask(&DocumentKind::ALL, None, &maker());
    let mut requests = OpenRequests::of(&asked.client);
    assert!(!requests.is_decided());
    requests.read(&asked.events[0]);
    assert!(requests.is_decided());
    assert_eq!(requests.into_requests(), asked.open());
}
