//! The common parts of the four reviews on the wire.

use client_app::Decided;
use client_domain::Invalid;
use client_domain::kyc::Sha256;
use client_domain::value::Notes;
use serde_json::{Map, Value};

use crate::kyc_view::{address_json, document_json};

/// A digest. Some tools write it in upper case.
pub(super) fn digest(raw: &str) -> Result<Sha256, Invalid> {
    Sha256::parse(&raw.to_ascii_lowercase())
}

/// A comment that is not empty.
pub(super) fn non_empty_notes(raw: &str) -> Result<Notes, Invalid> {
    let notes = Notes::parse(raw)?;
    if notes.as_str().is_empty() { Err(Invalid::TooShort { min: 1 }) } else { Ok(notes) }
}

/// The document that was submitted or reviewed.
pub(super) fn document_reply(decided: &Decided<'_>) -> Map<String, Value> {
    let client = decided.client;
    let id = decided.event.and_then(|event| event.kyc.as_ref()?.document());
    let document = id.and_then(|id| client.kyc().document(id));
    let mut data =
        document.map(|document| document_json(client, document, decided.today)).unwrap_or_default();
    data.insert("version".to_owned(), client.version().get().into());
    data
}

/// The address information that was submitted or reviewed.
pub(super) fn address_reply(decided: &Decided<'_>) -> Map<String, Value> {
    let client = decided.client;
    let id = decided.event.and_then(|event| event.kyc.as_ref()?.address());
    let address = id.and_then(|id| client.kyc().address(id));
    let mut data = address.map(|address| address_json(client, address)).unwrap_or_default();
    data.insert("version".to_owned(), client.version().get().into());
    data
}

#[cfg(test)]
mod tests {
    use client_domain::kyc::ReviewAction;

    use super::super::{approve_address, approve_document, reject_address, reject_document};

    #[test]
    fn review_requires_a_comment_and_a_permission_as_the_lifecycle_table_does() {
        for (action, spec) in [
            (ReviewAction::Approve, &approve_document::SPEC),
            (ReviewAction::Reject, &reject_document::SPEC),
            (ReviewAction::Approve, &approve_address::SPEC),
            (ReviewAction::Reject, &reject_address::SPEC),
        ] {
            let row = action.row();
            let comment = spec.fields.iter().find(|field| field.name == "comment").unwrap();
            assert_eq!(comment.is_required(), row.comment_needed, "{}", spec.name);
            assert_eq!(spec.permission, Some(row.permission), "{}", spec.name);
        }
    }
}
