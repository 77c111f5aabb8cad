//! Documents and addresses that are submitted and reviewed, as a caller sends them and as the domain takes them.

use client_domain::kyc::{
    AddressDraft, AddressId, Content, ContentKey, DocumentDraft, DocumentId, DocumentKind, FileExtension,
    KycPolicy, ReviewAction, Sha256, Validity, VerificationStatus,
};
use client_domain::value::{
    AddressLine, AddressSupplement, Country, IdentificationNumber, IssuingAuthority, PlaceName, PostalCode,
    parse_date,
};
use client_domain::{AuditStamp, Client, ClientState};
use jiff::civil::Date;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::model::Model;
use super::order::{Wrong, object, wrong};
use super::step::What;

/// National ID, International Passport, Utility Bill, Other.
const KINDS: [i64; 4] = [1, 2, 5, 8];
/// Depending on the policy, a kind does not accept each of them.
const NUMBERS: [&str; 5] = ["A01234567", "a-01 234567", "12345678901", "İ%_\\'ß ", "١٢٣ 李"];
/// The last ones lie before or after today, as the clock goes.
const ISSUED: [Option<&str>; 4] = [None, Some("2019-05-31"), Some("2026-01-05"), Some("2026-01-07")];
const EXPIRES: [Option<&str>; 8] = [
    None,
    Some("2019-05-31"),
    Some("2026-01-04"),
    Some("2026-01-05"),
    Some("2026-01-06"),
    Some("2026-02-04"),
    Some("2026-02-07"),
    Some("2029-12-31"),
];
const CITIES: [&str; 3] = ["Ikeja", "Łódź", "O'Fallon"];
/// The last one is none.
const COUNTRIES: [&str; 3] = ["NG", "Ghana", "Atlantis"];
/// A picture of one pixel.
const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// The same, byte by byte.
pub const PICTURE_BYTES: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\x0dIDATx\xdacd\xf8\xcfP\x0f\0\x03\x86\x01\x80Z4}k\0\0\0\0IEND\xaeB`\x82";

/// A document, each number a place in a list of made-up values.
#[derive(Clone, Debug)]
pub struct Document {
    kind: usize,
    number: usize,
    issued: usize,
    expires: usize,
    flaw: Option<Flaw>,
}

/// What is wrong with a document besides its dates and its number.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Flaw {
    NotBase64,
    NoBytes,
    Extension,
    Kind,
}

/// Address information, each number a place in a list of made-up values.
#[derive(Clone, Debug)]
pub struct Home {
    city: usize,
    country: usize,
    postal_code: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    Document,
    Address,
}

/// A review of a document or an address of a client.
#[derive(Clone, Debug)]
pub struct Review {
    pub evidence: Evidence,
    pub action: ReviewAction,
    /// A place among its documents or its addresses; none for one that was never submitted.
    pub place: Option<usize>,
    /// Whether it names a file, and whether that is the one that is there.
    pub seen: Option<bool>,
}

impl Review {
    /// The digest that it names.
    pub fn seen(&self) -> Option<Sha256> {
        let digest = |right| if right { picture_digest() } else { Sha256([0x5a; 32]) };
        self.seen.filter(|_| self.evidence == Evidence::Document).map(digest)
    }
}

/// The digest of the one file that all documents have.
fn picture_digest() -> Sha256 {
    Sha256(document_inspection::inspect(PICTURE_BYTES).unwrap().sha256)
}

/// What a review may be about.
const REVIEWABLE: [VerificationStatus; 2] = [VerificationStatus::Pending, VerificationStatus::Outdated];

/// The situation of a client, from which the next step is chosen.
#[derive(Clone, Debug)]
pub struct Situation {
    pub state: ClientState,
    /// Whether it lacks required evidence; none where nothing is required.
    pub lacking: Option<bool>,
    pub amendments: usize,
    documents: usize,
    addresses: usize,
    /// The places of those that are not reviewed.
    pending_documents: Vec<usize>,
    pending_addresses: Vec<usize>,
}

impl Situation {
    pub fn of(model: &Model, client: &Client) -> Self {
        let kyc = client.kyc();
        let demanded = model.demanded_of(client);
        let lacks = || !client.missing_requirements(demanded, model.today()).is_empty();
        let pending = |statuses: &mut dyn Iterator<Item = VerificationStatus>| {
            let pending = statuses.enumerate().filter(|(_, status)| REVIEWABLE.contains(status));
            pending.map(|(place, _)| place).collect()
        };
        Self {
            state: client.state(),
            lacking: (!demanded.is_empty()).then(lacks),
            amendments: client.snapshot().amendments.len(),
            documents: kyc.documents.len(),
            addresses: kyc.addresses.len(),
            pending_documents: pending(
                &mut kyc.documents.iter().map(|one| client.status_of(&one.verification)),
            ),
            pending_addresses: pending(
                &mut kyc.addresses.iter().map(|one| client.status_of(&one.verification)),
            ),
        }
    }
}

/// Steps about the evidence of a client in this situation: mostly those that are pending.
pub fn of_evidence(situation: Option<&Situation>) -> BoxedStrategy<What> {
    let review = |evidence: Evidence, all: usize, pending: &[usize]| {
        let action = prop_oneof![2 => Just(ReviewAction::Approve), 1 => Just(ReviewAction::Reject)];
        let places: Vec<_> = if all == 0 { vec![None] } else { (0..all).map(Some).collect() };
        let place = if pending.is_empty() {
            select(places).boxed()
        } else {
            let pending: Vec<_> = pending.iter().copied().map(Some).collect();
            prop_oneof![12 => select(pending), 2 => select(places), 1 => Just(None)].boxed()
        };
        let seen = weighted(0.3, prop::bool::weighted(0.8));
        (action, place, seen)
            .prop_map(move |(action, place, seen)| What::Review(Review { evidence, action, place, seen }))
    };
    let nothing = (0, 0, &[][..], &[][..]);
    let (documents, addresses, pending_documents, pending_addresses) =
        situation.map_or(nothing, |situation| {
            (
                situation.documents,
                situation.addresses,
                &situation.pending_documents[..],
                &situation.pending_addresses[..],
            )
        });
    prop_oneof![
        12 => document().prop_map(What::SubmitDocument),
        6 => home().prop_map(What::SubmitAddress),
        if documents == 0 { 1 } else { 20 } => review(Evidence::Document, documents, pending_documents),
        if addresses == 0 { 1 } else { 12 } => review(Evidence::Address, addresses, pending_addresses),
    ]
    .boxed()
}

fn document() -> impl Strategy<Value = Document> {
    let issued = prop_oneof![12 => 0..ISSUED.len() - 2, 1 => ISSUED.len() - 2..ISSUED.len()];
    let flaws = vec![Flaw::NotBase64, Flaw::NoBytes, Flaw::Extension, Flaw::Kind];
    let flaw = proptest::option::weighted(0.12, select(flaws));
    // Most numbers fit most kinds.
    let number = prop_oneof![2 => Just(0), 1 => 0..NUMBERS.len()];
    (0..KINDS.len(), number, issued, 0..EXPIRES.len(), flaw)
        .prop_map(|(kind, number, issued, expires, flaw)| Document { kind, number, issued, expires, flaw })
}

fn home() -> impl Strategy<Value = Home> {
    let country = prop_oneof![12 => 0..COUNTRIES.len() - 1, 1 => Just(COUNTRIES.len() - 1)];
    (0..CITIES.len(), country, any::<bool>()).prop_map(|(city, country, postal_code)| Home {
        city,
        country,
        postal_code,
    })
}

impl Document {
    pub fn members(&self) -> Map<String, Value> {
        let kind = if self.flaw == Some(Flaw::Kind) { 9 } else { KINDS[self.kind] };
        let extension = if self.flaw == Some(Flaw::Extension) { ".png.exe" } else { ".png" };
        let file = match self.flaw {
            Some(Flaw::NotBase64) => "iVBORw0KGgo",
            Some(Flaw::NoBytes) => "",
            _ => PICTURE,
        };
        object(json!({
            "identityType": kind, "idNumber": NUMBERS[self.number], "issueDate": ISSUED[self.issued],
            "expiryDate": EXPIRES[self.expires], "docExtension": extension, "base64Doc": file,
        }))
    }

    /// Everything that is wrong with it; `numbered` where the number is sent as it is.
    pub fn wrong(&self, numbered: bool, today: Date, policy: &KycPolicy) -> Vec<Wrong> {
        let mut all = Vec::new();
        match self.flaw {
            Some(Flaw::NotBase64) => all.push(wrong("format", "base64Doc")),
            Some(Flaw::NoBytes) => all.push(wrong("content_empty", "base64Doc")),
            Some(Flaw::Extension) => all.push(wrong("choice", "docExtension")),
            Some(Flaw::Kind) => all.push(wrong("choice", "identityType")),
            None => {}
        }
        if self.flaw != Some(Flaw::Kind) && numbered && !policy.fits(self.kind(), &self.number()) {
            all.push(wrong("number_mask", "idNumber"));
        }
        if ISSUED[self.issued].is_some_and(|day| Validity::parse_issue(day, today).is_err()) {
            all.push(wrong("in_future", "issueDate"));
        }
        if self.validity().is_none() {
            all.push(wrong("end_before_start", "expiryDate"));
        }
        all
    }

    /// Whether its file can be read, so that a key is made for it, whatever else is wrong.
    pub fn has_file(&self) -> bool {
        matches!(self.flaw, None | Some(Flaw::Kind))
    }

    fn kind(&self) -> DocumentKind {
        DocumentKind::from_number(KINDS[self.kind]).unwrap()
    }

    fn number(&self) -> IdentificationNumber {
        IdentificationNumber::parse(NUMBERS[self.number]).unwrap()
    }

    fn validity(&self) -> Option<Validity> {
        let day = |text: Option<&str>| text.map(|text| parse_date(text).unwrap());
        Validity::new(day(ISSUED[self.issued]), day(EXPIRES[self.expires]))
    }

    pub fn draft(&self, issuer: Option<String>, [content, id]: [u128; 2], by: &AuditStamp) -> DocumentDraft {
        let inspected = document_inspection::inspect(PICTURE_BYTES).unwrap();
        DocumentDraft {
            id: DocumentId::from_bits(id),
            kind: self.kind(),
            number: self.number(),
            issuer: issuer.map(|issuer| IssuingAuthority::parse(&issuer).unwrap()),
            validity: self.validity().unwrap(),
            content: Content {
                key: ContentKey::from_bits(by.at, content),
                extension: FileExtension::Png,
                size: PICTURE_BYTES.len() as u64,
                sha256: Sha256(inspected.sha256),
                uploaded: by.clone(),
            },
        }
    }
}

impl Home {
    pub fn members(&self) -> Map<String, Value> {
        object(json!({
            "addressLine1": "12 Allen Avenue", "city": CITIES[self.city], "state": "Lagos",
            "country": COUNTRIES[self.country], "postalCode": self.postal_code.then_some("100271"),
        }))
    }

    pub fn wrong(&self) -> Vec<Wrong> {
        let unknown = Country::parse(COUNTRIES[self.country]).is_err();
        unknown.then(|| wrong("unknown_country", "country")).into_iter().collect()
    }

    pub fn draft(&self, line2: Option<String>, id: u128) -> AddressDraft {
        AddressDraft {
            id: AddressId::from_bits(id),
            line1: AddressLine::parse("12 Allen Avenue").unwrap(),
            line2: line2.map(|line| AddressSupplement::parse(&line).unwrap()),
            city: PlaceName::parse(CITIES[self.city]).unwrap(),
            state: PlaceName::parse("Lagos").unwrap(),
            country: Country::parse(COUNTRIES[self.country]).unwrap(),
            postal_code: self.postal_code.then(|| PostalCode::parse("100271").unwrap()),
        }
    }
}
