//! Clients to evaluate filters on.

use client_domain::kyc::{DocumentKind, ReviewAction};
use client_domain::value::{
    AccountOfficerId, BirthDate, Country, IdentificationNumber, Notes, PersonName, PlaceName,
};
use client_domain::{AuditStamp, Client, example};
use jiff::civil::{Date, date};

use crate::documents::document;
use crate::fixtures::{checker, maker, perform, stamp, transaction};

/// The Monday on which the ordinary client was created.
pub const TODAY: Date = date(2026, 1, 5);

/// Created today, pending, with a branch, without middle name and account officer.
pub fn ordinary() -> Client {
    Client::onboard(example::application().unwrap(), &maker()).client
}

/// Created on the last day of last year, active, with difficult characters in the name, and with three
/// documents: an approved passport valid for 30 more days, a pending bill without a day of expiry, and a
/// rejected national id that expired yesterday.
pub fn unusual() -> Client {
    let mut application = example::application().unwrap();
    application.key = client_domain::value::ClientKey::parse("Other-Key").unwrap();
    application.id = client_domain::value::ClientId::new(42).unwrap();
    application.branch = None;
    application.birth_date = BirthDate::new(date(2004, 2, 29), date(2026, 1, 1)).unwrap();
    application.gender = client_domain::value::Gender::Male;
    application.customer_type = client_domain::value::CustomerType::Corporate;
    let details = &mut application.details;
    details.first_name = PersonName::parse("İpek_ıl").unwrap();
    details.middle_name = Some(PersonName::parse("Zoë").unwrap());
    details.last_name = PersonName::parse("Weiß 50%\\").unwrap();
    details.phone = client_domain::value::PhoneNumber::parse("+44 20 7946 0018").unwrap();
    details.email = client_domain::value::EmailAddress::parse("ipek@example.org").unwrap();
    details.postal_address.city = PlaceName::parse("Łódź").unwrap();
    details.postal_address.country = Country::parse("CI").unwrap();
    details.marital_status = None;
    details.account_officer = Some(AccountOfficerId::new(7).unwrap());
    let at = |moment: &str| AuditStamp::new(stamp("maker", 0).by, moment.parse().unwrap());
    let client = Client::onboard(application, &at("2025-12-31T23:59:59.999999Z")).client;
    let documents = [
        (
            1,
            DocumentKind::InternationalPassport,
            "A-01 ß%",
            Some(date(2026, 2, 4)),
            Some(ReviewAction::Approve),
        ),
        (2, DocumentKind::UtilityBill, "İl_\\02", None, None),
        (3, DocumentKind::NationalId, "a-03 ß%", Some(date(2026, 1, 4)), Some(ReviewAction::Reject)),
    ];
    let client = documents.into_iter().fold(client, |client, document| with_document(&client, document));
    let approved = perform(&client, client_domain::lifecycle::Action::Approve);
    let active = approved.record_transaction(transaction("TX-1"), &at("2026-01-06T00:00:00Z"));
    active.unwrap().change().unwrap().client
}

/// The client with a document of this type, number and last day, after this review.
pub fn with_document(
    client: &Client,
    (n, kind, number, last, review): (u8, DocumentKind, &str, Option<Date>, Option<ReviewAction>),
) -> Client {
    let by = AuditStamp::new(maker().by, client.snapshot().created.at);
    let mut draft = document(n, kind, last, &by);
    draft.number = IdentificationNumber::parse(number).unwrap();
    let id = draft.id.clone();
    let client = client.submit_document(draft, &by).unwrap().client;
    let review = review.map(|action| {
        let comment = Some(Notes::parse("seen").unwrap());
        client.review_document(&id, action, comment, &checker()).unwrap().client
    });
    review.unwrap_or(client)
}
