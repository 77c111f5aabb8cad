//! Made-up papers, and the changes that they lead to: by the domain's own decisions, as in [`fixtures`](super::fixtures).
//!
//! ```
//! use client_app::conformance::fixtures::{applicant, replacement, way_with};
//! use client_app::conformance::paper_fixtures::papers_of;
//! use client_domain::ClientState;
//!
//! let way = way_with(1, ClientState::PendingApproval, applicant(1), |client| papers_of(4, client));
//! let second = replacement(&way[0].client, &way[1]);
//! assert_eq!((second.documents.len(), second.addresses.len()), (1, 0));
//! ```

use client_domain::client::Change;
use client_domain::kyc::{
    AddressId, ContentKey, DocumentDraft, DocumentId, DocumentKind, FileExtension, ReviewAction, Sha256,
    Validity,
};
use client_domain::value::{AddressSupplement, Country, EmailAddress, IdentificationNumber, Notes};
use client_domain::{Actor, ActorId, Client, Stamp, example};
use jiff::civil::{Date, date};

use super::fixtures::{checker, maker, moment};

/// Document number `n`, whose kind, extension and spelling of the number follow from that.
pub fn document(n: i64, expires_on: Option<Date>, by: &Stamp) -> DocumentDraft {
    let place = usize::try_from(n).unwrap();
    let mut draft = example::passport(by).unwrap();
    draft.id = DocumentId::from_bits(place as u128);
    draft.kind = DocumentKind::ALL[place % DocumentKind::ALL.len()];
    let number = ["A 01-", "ä%_", "A\\01'", "İ\"ß ", "李"][place % 5];
    draft.number = IdentificationNumber::parse(&format!("{number}{n:03}")).unwrap();
    draft.issuer = draft.issuer.filter(|_| place % 2 == 0);
    let issued = (place % 3 != 0).then(|| date(2019, 5, 31));
    draft.validity = Validity::new(issued, expires_on).unwrap();
    draft.content.key = ContentKey::from_bits(by.at, place as u128);
    draft.content.extension = FileExtension::ALL[place % FileExtension::ALL.len()];
    draft.content.size = u64::try_from(n).unwrap() * 1000 + 1;
    draft.content.sha256 = Sha256([u8::try_from(place % 251).unwrap(); 32]);
    draft
}

/// The client after document number `n` was handed in.
pub fn submitted(client: &Client, n: i64, expires_on: Option<Date>) -> Change {
    let by = if n % 2 == 0 { checker(n) } else { maker(n) };
    client.submit_document(document(n, expires_on, &by), &by).unwrap()
}

/// The client after somebody else has found document number `n` good; it has not run out.
pub fn approved_document(client: &Client, n: i64) -> Change {
    let id = document(n, None, &maker(n)).id;
    let comment = (n % 3 == 0).then(|| Notes::parse("Seen in the original.\nAll well.").unwrap());
    client.review_document(&id, ReviewAction::Approve, comment, &reviewer(n)).unwrap()
}

/// The client after somebody else has turned document number `n` down.
pub fn rejected_document(client: &Client, n: i64) -> Change {
    let id = document(n, None, &maker(n)).id;
    let comment = Some(Notes::parse("blurred").unwrap());
    client.review_document(&id, ReviewAction::Reject, comment, &reviewer(n)).unwrap()
}

/// The client after address number `n` was handed in.
pub fn addressed(client: &Client, n: i64) -> Change {
    let mut draft = example::home().unwrap();
    draft.id = AddressId::from_bits(u128::from(n.unsigned_abs()));
    draft.line2 = (n % 2 == 0).then(|| AddressSupplement::parse("Flat 3").unwrap());
    draft.postal_code = draft.postal_code.filter(|_| n % 3 == 0);
    draft.country = Country::parse(if n % 2 == 0 { "CI" } else { "NG" }).unwrap();
    client.submit_address(draft, &maker(n)).unwrap()
}

/// The client after what there is to be told of a document's end on this day was told.
pub fn noted(client: &Client, today: Date) -> Change {
    client.note_expiry(today, 30, &reviewer(1)).change().unwrap()
}

/// Papers of every sort for a client, in the order in which they are handed in and reviewed; of every fourth client
/// there are most.
pub fn papers_of(n: i64, client: &Client) -> Vec<Change> {
    let today = date(2026, 1, 5);
    let lasts = [
        None,
        Some(today.yesterday().unwrap()),
        Some(today),
        Some(today.tomorrow().unwrap()),
        Some(date(2026, 2, 4)),
        Some(date(2029, 12, 31)),
    ];
    let last = |n: i64| lasts[usize::try_from(n).unwrap() % lasts.len()];
    let mut way = Vec::new();
    let take = |way: &mut Vec<Change>, step: &dyn Fn(&Client) -> Change| {
        let next = step(way.last().map_or(client, |change: &Change| &change.client));
        way.push(next);
    };
    for own in [10 * n, 10 * n + 1].into_iter().take(if n % 4 == 0 { 2 } else { 1 }) {
        take(&mut way, &|client| submitted(client, own, last(own + n)));
        let good = last(own + n).is_none_or(|last| today <= last);
        match own % 3 {
            0 if good => take(&mut way, &|client| approved_document(client, own)),
            1 => take(&mut way, &|client| rejected_document(client, own)),
            _ => {}
        }
    }
    if n % 4 == 0 {
        take(&mut way, &|client| submitted(client, 10 * n + 2, last(n)));
        take(&mut way, &|client| addressed(client, 10 * n));
        take(&mut way, &|client| addressed(client, 10 * n + 1));
        let id = AddressId::from_bits(u128::from((10 * n).unsigned_abs()));
        let reviewer = reviewer(n);
        take(&mut way, &|client| client.review_address(&id, ReviewAction::Approve, None, &reviewer).unwrap());
    }
    way
}

/// Somebody who hands in nothing.
pub fn reviewer(seconds: i64) -> Stamp {
    let email = (seconds % 2 == 0).then(|| EmailAddress::parse("reviewer@bank.example").unwrap());
    Stamp::new(Actor { id: ActorId::parse("reviewer-3").unwrap(), email }, moment(seconds))
}
