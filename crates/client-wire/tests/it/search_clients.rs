//! Clients to evaluate filters on.

use client_domain::kyc::{ContentKey, DocumentId, DocumentKind, ReviewAction, Validity};
use client_domain::lifecycle::{Action, Facts};
use client_domain::value::{
    AccountOfficerId, BirthDate, Country, IdentificationNumber, Notes, PersonName, PlaceName,
};
use client_domain::{Actor, AuditStamp, Client, Justification, example};
use jiff::civil::{Date, date};

fn at(who: &str, moment: &str) -> AuditStamp {
    AuditStamp::new(Actor::parse(who).unwrap(), moment.parse().unwrap())
}

/// The Monday on which the ordinary client was created.
pub const TODAY: Date = date(2026, 1, 5);

/// Created today, pending, with a branch, without middle name and account officer.
pub fn ordinary() -> Client {
    Client::onboard(example::application().unwrap(), &at("maker", "2026-01-05T09:00:00Z")).client
}

/// Created on the last day of last year, approved, with difficult characters in the name, and with two documents: an
/// approved passport valid for 30 more days, and a rejected national id that expired yesterday.
pub fn unusual() -> Client {
    let (maker, checker) =
        (at("maker", "2025-12-31T23:59:59.999999Z"), at("checker", "2026-01-06T00:00:00Z"));
    let mut application = example::application().unwrap();
    application.key = client_domain::value::ClientKey::parse("Other-Key").unwrap();
    application.id = client_domain::value::ClientId::new(42).unwrap();
    application.branch = None;
    application.birth_date = BirthDate::new(date(2004, 2, 29), date(2026, 1, 1)).unwrap();
    let details = &mut application.details;
    details.first_name = PersonName::parse("İpek_ıl").unwrap();
    details.middle_name = Some(PersonName::parse("Zoë").unwrap());
    details.last_name = PersonName::parse("Weiß 50%\\").unwrap();
    details.postal_address.city = PlaceName::parse("Łódź").unwrap();
    details.postal_address.country = Country::parse("CI").unwrap();
    details.marital_status = None;
    details.account_officer = Some(AccountOfficerId::new(7).unwrap());
    let mut client = Client::onboard(application, &maker).client;
    for (n, kind, number, last, review) in [
        (1, DocumentKind::InternationalPassport, "A-01 ß%", date(2026, 2, 4), ReviewAction::Approve),
        (2, DocumentKind::NationalId, "a-03 ß%", date(2026, 1, 4), ReviewAction::Reject),
    ] {
        let mut draft = example::passport(&maker).unwrap();
        draft.id = DocumentId::from_bits(n);
        draft.kind = kind;
        draft.number = IdentificationNumber::parse(number).unwrap();
        draft.validity = Validity::new(Some(date(2019, 1, 1)), Some(last)).unwrap();
        draft.content.key = ContentKey::from_bits(maker.at, n);
        let id = draft.id.clone();
        client = client.submit_document(draft, &maker).unwrap().client;
        let comment = Some(Notes::parse("seen").unwrap());
        client = client.review_document(&id, review, comment, &checker).unwrap().client;
    }
    let approved =
        client.perform(Action::Approve, Justification::default(), &Facts::without_controls(), &checker);
    approved.unwrap().client
}
