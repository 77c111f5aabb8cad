//! Which dead letter a request means.

use client_app::ports::{DeadLetterKey, EventId, ReceiverName};
use client_domain::Invalid;

use crate::form::Form;
use crate::shape;
use crate::spec::FieldSpec;

/// The message of a command for which there is no such dead letter.
pub(super) const NONE: &str = "The event is no dead letter of the receiver, so nothing was done.";

/// The members of a request that names a dead letter.
pub(crate) const FIELDS: &[FieldSpec] = &[
    FieldSpec::required(
        "eventId",
        shape::HEX_ID,
        "The id of the event, as RetrieveOperationsQuery lists it.",
    ),
    FieldSpec::optional(
        "receiver",
        shape::RECEIVER,
        "The receiver of the dead letter, as RetrieveOperationsQuery lists it. If omitted: default.",
    ),
];

/// Reads the dead letter that a request names.
pub(crate) fn key(form: &mut Form<'_>) -> Option<DeadLetterKey> {
    let event = form.required("eventId", |raw| {
        let is_id = raw.len() == 32 && raw.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let wrong = Invalid::Format { expected: "32 lower-case hexadecimal characters" };
        if is_id { Ok(EventId::from_stored(raw.to_owned())) } else { Err(wrong) }
    });
    let receiver = form.optional("receiver", |raw| {
        ReceiverName::parse(raw).map_err(|_| Invalid::Format { expected: ReceiverName::EXPECTED })
    });
    Some(DeadLetterKey { event: event?, receiver: receiver.unwrap_or(ReceiverName::DEFAULT) })
}
