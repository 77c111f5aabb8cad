//! `Debug` shows no personal values.

use client_domain::search::{Order, Property, Word};
use client_domain::{AuditStamp, Client, example};

use crate::fixtures::maker;

#[test]
fn debug_output_contains_no_personal_values() {
    let mut stamp: AuditStamp = maker();
    stamp.by.email = Some(client_domain::value::EmailAddress::parse("maker@example.com").unwrap());
    let change = Client::onboard(example::application().unwrap(), &stamp);
    let with_documents = crate::documents::complete(change.client.clone());
    let claims = change.client.claims();
    let order = Order::by(vec![(Property::LastName, client_domain::search::Direction::Ascending)]).unwrap();
    let position = order.position(&change.client);
    let words = Word::split("Adaeze").unwrap();
    let shown = format!("{change:?} {claims:?} {position:?} {words:?} {with_documents:?}").to_lowercase();
    let personal = [
        "adaeze",
        "okafor",
        "maker@",
        "example.com",
        "8031234567",
        "allen",
        "1991",
        "a01234567",
        "2029",
        "nigeria",
        "100271",
    ];
    for value in personal {
        assert!(!shown.contains(value), "{value} in {shown}");
    }
}
