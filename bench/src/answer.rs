//! The expected answers: any other answer voids the run.

use std::sync::Arc;

use clients_campaigns::RunError;
use serde::Deserialize;
use serde_json::Value;

/// The envelope of an answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope<'a> {
    is_successful: bool,
    status_code: &'a str,
    #[serde(borrow)]
    data: Option<Data<'a>>,
}

/// The members of the data that are checked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Data<'a> {
    contact_encoded_key: Option<&'a str>,
    encoded_key: Option<&'a str>,
    customer_number: Option<&'a str>,
    id: Option<u64>,
    version: Option<u64>,
    client_state: Option<u64>,
    approval_status: Option<&'a str>,
    total_count: Option<u64>,
    contacts: Option<Vec<Contact>>,
}

#[derive(Debug, Deserialize)]
struct Contact {
    id: u64,
}

/// What must be in the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A client who has just been made.
    Created,
    /// An approval of this client is requested now.
    Requested(String),
    /// This client is approved now.
    Approved(String),
    /// This client, by key.
    Client(String),
    /// These clients in this order, and the total if it was requested.
    List(Arc<Vec<u64>>, Option<u64>),
    /// A list at this JSON pointer that is not empty.
    Shows(&'static str),
}

impl Envelope<'_> {
    /// Parses a body and checks it.
    pub(crate) fn check(body: &[u8], expected: &Expected) -> Result<(), RunError> {
        if let Expected::Shows(pointer) = expected {
            return shows(body, pointer);
        }
        let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(RunError::during("an answer"))?;
        match &envelope.data {
            Some(data) if envelope.is_successful && envelope.status_code == "00" => data.check(expected),
            _ => Err(RunError::new("an answer that is no success")),
        }
    }
}

impl Data<'_> {
    /// Checks the answer.
    pub(crate) fn check(&self, expected: &Expected) -> Result<(), RunError> {
        let right = match expected {
            Expected::Created => {
                let number = self.id.map(|id| format!("CUST{}", 1_000_000 + id));
                self.contact_encoded_key.is_some_and(|key| key.len() == 32)
                    && number.as_deref() == self.customer_number
                    && (self.version, self.client_state) == (Some(1), Some(3))
            }
            Expected::Approved(key) => {
                self.contact_encoded_key == Some(key) && self.approval_status == Some("Approved")
            }
            Expected::Requested(key) => {
                self.contact_encoded_key == Some(key) && self.approval_status == Some("Pending")
            }
            Expected::Client(key) => {
                self.encoded_key == Some(key) && self.id.is_some() && self.version.is_some()
            }
            Expected::List(ids, total) => {
                let found = self.contacts.iter().flatten().map(|contact| contact.id);
                self.contacts.is_some() && found.eq(ids.iter().copied()) && self.total_count == *total
            }
            // It needs the whole body.
            Expected::Shows(_) => false,
        };
        if right { Ok(()) } else { Err(RunError::new(format!("expected {expected:?}, answered {self:?}"))) }
    }
}

/// Whether a success has a list at this JSON pointer that is not empty.
fn shows(body: &[u8], pointer: &str) -> Result<(), RunError> {
    let answer: Value = serde_json::from_slice(body).map_err(RunError::during("an answer"))?;
    let is_successful = answer.get("isSuccessful") == Some(&Value::Bool(true));
    let list = answer.pointer(pointer).and_then(Value::as_array);
    if is_successful && list.is_some_and(|list| !list.is_empty()) {
        Ok(())
    } else {
        Err(RunError::new(format!("an answer without {pointer}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(data: &str, expected: &Expected) -> bool {
        let body = format!(r#"{{"isSuccessful":true,"statusCode":"00","message":"x","data":{data}}}"#);
        Envelope::check(body.as_bytes(), expected).is_ok()
    }

    #[test]
    fn new_client_has_a_key_a_matching_number_and_version_one() {
        let data = |number, version| {
            format!(
                r#"{{"contactEncodedKey":"{}","id":7,"customerNumber":"{number}","version":{version},"clientState":3}}"#,
                "a".repeat(32)
            )
        };
        assert!(check(&data("CUST1000007", 1), &Expected::Created));
        assert!(!check(&data("CUST1000008", 1), &Expected::Created));
        assert!(!check(&data("CUST1000007", 2), &Expected::Created));
        assert!(!check("{}", &Expected::Created));
    }

    #[test]
    fn other_client_than_requested_is_wrong() {
        let data = r#"{"encodedKey":"k","id":1,"version":2}"#;
        assert!(check(data, &Expected::Client("k".into())));
        assert!(!check(data, &Expected::Client("other".into())));
        let data = r#"{"contactEncodedKey":"k","approvalStatus":"Approved"}"#;
        assert!(check(data, &Expected::Approved("k".into())));
        assert!(!check(data, &Expected::Approved("other".into())));
    }

    #[test]
    fn list_must_match_order_and_total() {
        let data = r#"{"contacts":[{"id":2},{"id":1}],"totalCount":2}"#;
        let list = |ids: &[u64], total| Expected::List(Arc::new(ids.to_vec()), total);
        assert!(check(data, &list(&[2, 1], Some(2))));
        assert!(!check(data, &list(&[1, 2], Some(2))));
        assert!(!check(data, &list(&[2, 1], Some(3))));
        assert!(!check(r#"{"totalCount":0}"#, &list(&[], Some(0))), "no list is no empty list");
    }

    #[test]
    fn empty_list_shows_nothing() {
        assert!(check(r#"{"items":[{}]}"#, &Expected::Shows("/data/items")));
        assert!(!check(r#"{"items":[]}"#, &Expected::Shows("/data/items")));
        assert!(!check(r#"{"groups":[{}]}"#, &Expected::Shows("/data/items")));
    }

    #[test]
    fn refusal_is_no_success() {
        let body =
            br#"{"isSuccessful":false,"statusCode":"CBS_409","data":{"encodedKey":"k","id":1,"version":1}}"#;
        assert!(Envelope::check(body, &Expected::Client("k".into())).is_err());
        assert!(Envelope::check(b"<html>", &Expected::Created).is_err());
    }
}
