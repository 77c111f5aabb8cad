//! Documents and addresses of clients, and random steps on them.

use client_domain::client::{Change, DetailsPatch};
use client_domain::kyc::{
    AddressDraft, AddressId, ContentKey, DocumentDraft, DocumentId, DocumentKind, Evidence, KycRequirements,
    Requirement, ReviewAction, Validity,
};
use client_domain::lifecycle::Facts;
use client_domain::value::{Notes, PersonName};
use client_domain::{AuditStamp, Client, ClientEvent, example};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::select;

use crate::fixtures::{checker, maker, stamp};

/// The date of the tests.
pub const TODAY: Date = date(2026, 1, 5);

/// A passport or a national id, a utility bill, and an address.
pub fn requirements() -> KycRequirements {
    let any_of =
        |kinds: &[DocumentKind]| Requirement::any_of(kinds.iter().copied().map(Evidence::Document)).unwrap();
    KycRequirements {
        required: vec![
            any_of(&[DocumentKind::InternationalPassport, DocumentKind::NationalId]),
            any_of(&[DocumentKind::UtilityBill]),
            Requirement::any_of([Evidence::Address]).unwrap(),
        ],
        today: TODAY,
    }
}

/// A document with this number, of this type and with this last day.
pub fn document(n: u8, kind: DocumentKind, expires_on: Option<Date>, by: &AuditStamp) -> DocumentDraft {
    let mut draft = example::passport(by).unwrap();
    draft.id = DocumentId::from_bits(n.into());
    draft.kind = kind;
    draft.validity = Validity::new(Some(date(2019, 1, 1)), expires_on).unwrap();
    draft.content.key = ContentKey::from_bits(by.at, n.into());
    draft
}

pub fn home(n: u8) -> AddressDraft {
    AddressDraft { id: AddressId::from_bits(n.into()), ..example::home().unwrap() }
}

/// The client with evidence for all of [`requirements`], reviewed by the checker.
pub fn complete(client: Client) -> Client {
    let mut client = client;
    for (n, kind) in [(1, DocumentKind::InternationalPassport), (2, DocumentKind::UtilityBill)] {
        let draft = document(n, kind, Some(date(2029, 12, 31)), &maker());
        client = client.submit_document(draft.clone(), &maker()).unwrap().client;
        client = client.review_document(&draft.id, ReviewAction::Approve, None, &checker()).unwrap().client;
    }
    client = client.submit_address(home(1), &maker()).unwrap().client;
    client.review_address(&home(1).id, ReviewAction::Approve, None, &checker()).unwrap().client
}

/// The client, in any state, with a document that was submitted earlier.
pub fn with_document(client: &Client, draft: &DocumentDraft) -> Client {
    let submitted = crate::fixtures::pending().submit_document(draft.clone(), &maker()).unwrap().client;
    let mut snapshot = client.snapshot().clone();
    snapshot.kyc = submitted.kyc().clone();
    Client::restore(snapshot).unwrap()
}

/// One step on documents and addresses.
#[derive(Clone, Debug)]
pub enum DocumentStep {
    Submit(u8, DocumentKind, Option<Date>),
    Replace(u8),
    Review(u8, ReviewAction),
    SubmitAddress(u8),
    ReviewAddress(u8, ReviewAction),
    DayPasses(Date),
    Rename(u8),
}

impl DocumentStep {
    /// The result of the step, or `None` if it is refused or changes nothing.
    pub fn take(&self, client: &Client, stamp: &AuditStamp) -> Option<(Client, ClientEvent)> {
        let comment = || Some(Notes::parse("seen").unwrap());
        let change: Option<Change> = match self {
            Self::Submit(n, kind, expires_on) => {
                let id = DocumentId::from_bits((*n).into());
                // Ids are fresh, so no document is submitted twice.
                if client.kyc().document(&id).is_some() {
                    return None;
                }
                client.submit_document(document(*n, *kind, *expires_on, stamp), stamp).ok()
            }
            Self::Replace(n) => {
                let content = document(*n, DocumentKind::Other, None, stamp).content;
                client.replace_content(&DocumentId::from_bits((*n).into()), content, stamp).ok()
            }
            Self::Review(n, action) => {
                client.review_document(&DocumentId::from_bits((*n).into()), *action, comment(), stamp).ok()
            }
            Self::SubmitAddress(n) => {
                if client.kyc().address(&home(*n).id).is_some() {
                    return None;
                }
                client.submit_address(home(*n), stamp).ok()
            }
            Self::ReviewAddress(n, action) => {
                client.review_address(&home(*n).id, *action, comment(), stamp).ok()
            }
            Self::Rename(n) => {
                let name = PersonName::parse(&format!("Name{}", n % 2)).unwrap();
                let patch = DetailsPatch { last_name: Some(name), ..DetailsPatch::default() };
                let renamed = client.update(patch, &Facts::without_controls(), stamp);
                renamed.ok().and_then(client_domain::Decision::change)
            }
            Self::DayPasses(today) => client.note_expiry(*today, 30, stamp).change(),
        };
        change.map(|change| (change.client, change.event))
    }
}

pub fn step() -> impl Strategy<Value = DocumentStep> {
    let days = prop::option::of(select(vec![
        date(2025, 12, 31),
        date(2026, 1, 4),
        TODAY,
        date(2026, 1, 6),
        date(2026, 2, 4),
        date(2029, 12, 31),
    ]));
    let action = || select(vec![ReviewAction::Approve, ReviewAction::Reject]);
    let n = || 0..4_u8;
    prop_oneof![
        3 => (n(), select(&DocumentKind::ALL[..]), days).prop_map(|(n, kind, day)| DocumentStep::Submit(n, kind, day)),
        1 => n().prop_map(DocumentStep::Replace),
        3 => (n(), action()).prop_map(|(n, action)| DocumentStep::Review(n, action)),
        1 => n().prop_map(DocumentStep::SubmitAddress),
        1 => (n(), action()).prop_map(|(n, action)| DocumentStep::ReviewAddress(n, action)),
        1 => n().prop_map(DocumentStep::Rename),
        1 => select(vec![TODAY, date(2026, 1, 20), date(2030, 1, 1)]).prop_map(DocumentStep::DayPasses),
    ]
}

/// A client after a random sequence of steps.
pub fn client() -> impl Strategy<Value = Client> {
    prop::collection::vec((step(), any::<bool>()), 0..12).prop_map(|steps| {
        let mut client = crate::fixtures::pending();
        for (step, first) in steps {
            let stamp = stamp(if first { "maker" } else { "checker" }, 5);
            if let Some((next, _)) = step.take(&client, &stamp) {
                client = next;
            }
        }
        client
    })
}
