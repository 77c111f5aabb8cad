//! The verifications of the phone number and the e-mail address. A list within a row, so it is JSON.

use client_app::ports::StoreError;
use client_domain::client::{ContactPoint, ContactValue, ContactVerification, ContactVerifications};
use client_domain::value::{Reason, TransactionReference};
use serde::Deserialize;
use serde_json::{Value, json};

use super::stamp;
use crate::columns::Columns;

/// A verification as it is stored, with the value that was verified.
#[derive(Deserialize)]
struct Stored {
    point: String,
    value: String,
    by: String,
    email: Option<String>,
    at: jiff::Timestamp,
    means: String,
    reference: Option<String>,
}

/// The verifications of a client as JSON.
pub(super) fn to_json(verifications: &ContactVerifications) -> String {
    let verified = |ContactVerification { value, stamp, means, reference }: &ContactVerification| {
        json!({
            "point": value.point().name(),
            "value": value.as_str(),
            "by": stamp.by.id.as_str(),
            "email": stamp::email(&stamp.by),
            "at": stamp.at,
            "means": means.as_str(),
            "reference": reference.as_ref().map(TransactionReference::as_str),
        })
    };
    verifications.iter().map(verified).collect::<Value>().to_string()
}

pub(super) fn read(columns: &Columns<'_>) -> Result<ContactVerifications, StoreError> {
    columns.json_known("contact_verifications", |stored: Vec<Stored>| {
        let all: Option<Vec<_>> = stored.iter().map(Stored::verification).collect();
        Some(ContactVerifications::restore(all?))
    })
}

impl Stored {
    fn verification(&self) -> Option<ContactVerification> {
        Some(ContactVerification {
            value: ContactValue::restore(ContactPoint::parse(&self.point).ok()?, &self.value).ok()?,
            stamp: stamp::read(&self.by, self.email.as_deref(), self.at)?,
            means: Reason::parse(&self.means).ok()?,
            reference: self.reference.as_deref().map(TransactionReference::parse).transpose().ok()?,
        })
    }
}
