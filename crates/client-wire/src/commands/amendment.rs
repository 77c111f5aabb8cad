//! The common parts of the two decisions about an amendment on the wire.

use client_app::Decided;
use client_domain::client::FieldValue;
use serde_json::{Map, Value, json};

use crate::reply::members;
use crate::spec::{FieldSpec, Shape};
use crate::{field, shape};

/// The amendment, in requests and answers.
pub(crate) const AMENDMENT_ID: FieldSpec = FieldSpec::required(
    "amendmentId",
    shape::AMENDMENT_ID,
    "The id of the amendment, which also names its client.",
);

/// The answer about a decided amendment.
pub(super) const DECIDED: &[FieldSpec] = &[
    field::KEY_ANSWER,
    AMENDMENT_ID,
    FieldSpec::required("lastModified", Shape::DateTime, "The time of the last change of the client."),
    field::NEW_VERSION,
    FieldSpec::required("changedFields", shape::NAMES, "The fields whose values changed."),
    FieldSpec::required(
        "decidedBy",
        shape::ANY_TEXT,
        "The caller's verified e-mail address, else its subject.",
    ),
    field::DRY_RUN,
];

pub(super) fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    let event = decided.event;
    let values = event.into_iter().flat_map(|event| &event.changed);
    let changed = values.filter(|field| FieldValue::FIELDS.contains(field));
    members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "amendmentId": event.and_then(|event| event.amendment.as_ref()).map(ToString::to_string),
        "lastModified": decided.client.snapshot().modified_at.to_string(),
        "version": decided.client.version().get(),
        "changedFields": changed.map(|field| field.name()).collect::<Vec<_>>(),
        "decidedBy": decided.stamp.by.label(),
    }))
}
