//! The verifications of the phone number and the e-mail address. Few clients have both, so they are JSON within the row.

use client_app::ports::StoreError;
use client_domain::Client;
use client_domain::client::{ContactPoint, ContactValue, ContactVerification, ContactVerifications};
use client_domain::value::{Reason, TransactionReference};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::postgres::PgRow;

use super::columns::Columns;
use super::review::{email, stamp};

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
pub(crate) fn to_json(client: &Client) -> String {
    let verified = client.snapshot().contact_verifications.iter().map(|one| {
        json!({
            "point": one.value.point().name(),
            "value": one.value.as_str(),
            "by": one.stamp.by.id.as_str(),
            "email": email(&one.stamp),
            "at": one.stamp.at,
            "means": one.means.as_str(),
            "reference": one.reference.as_ref().map(TransactionReference::as_str),
        })
    });
    verified.collect::<Value>().to_string()
}

/// Reads the verifications. Whether one still counts follows from its value, so what a release without the column has
/// changed needs no care.
pub(crate) fn read(row: &PgRow) -> Result<ContactVerifications, StoreError> {
    Columns { row, table: "client" }.known("contact_verifications", |text: &str| {
        if text == "[]" {
            return Some(ContactVerifications::default());
        }
        let stored: Vec<Stored> = serde_json::from_str(text).ok()?;
        let all: Option<Vec<_>> = stored.iter().map(Stored::verification).collect();
        Some(ContactVerifications::restore(all?))
    })
}

impl Stored {
    fn verification(&self) -> Option<ContactVerification> {
        Some(ContactVerification {
            value: ContactValue::restore(ContactPoint::parse(&self.point).ok()?, &self.value).ok()?,
            stamp: stamp(&self.by, self.email.as_deref(), self.at)?,
            means: Reason::parse(&self.means).ok()?,
            reference: self.reference.as_deref().map(TransactionReference::parse).transpose().ok()?,
        })
    }
}
