//! Which dead letter a request means.

use client_app::ports::EventId;
use client_domain::Invalid;

use crate::form::Form;
use crate::shape;
use crate::spec::FieldSpec;

/// The members of a request that names a dead letter.
pub(crate) const FIELDS: &[FieldSpec] = &[FieldSpec::required(
    "eventId",
    shape::HEX_ID,
    "The id of the event, as RetrieveOperationsQuery lists it.",
)];

/// Reads the event that a request names.
pub(crate) fn event(form: &mut Form<'_>) -> Option<EventId> {
    form.required("eventId", |raw| {
        let is_id = raw.len() == 32 && raw.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let wrong = Invalid::Format { expected: "32 lower-case hexadecimal characters" };
        if is_id { Ok(EventId::from_stored(raw.to_owned())) } else { Err(wrong) }
    })
}
