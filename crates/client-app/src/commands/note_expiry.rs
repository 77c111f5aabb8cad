use client_domain::client::Decision;
use client_domain::lifecycle::Facts;
use client_domain::{Client, ClientEvent, EventKind, Permission, Refusal, Stamp};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::command::ClientCommand;
use crate::ports::ClientRef;
use crate::spec::{Kind, OperationSpec};

/// Nobody sends it: the clock does; see [`crate::expiry_watch`].
pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "NoteDocumentExpiry",
    kind: Kind::Command,
    about: "Takes note that a document has run out, or soon will, or takes such a note back.",
    permission: Permission::KycReview,
    fields: &[],
    reply: &[],
    refusals: &[],
    example: "{}",
};

/// The first of a client's documents of whose end something is to be told or taken back.
pub(crate) struct NoteExpiry {
    pub(crate) client: ClientRef,
    pub(crate) notice_days: u16,
}

impl ClientCommand for NoteExpiry {
    fn spec(&self) -> &'static OperationSpec {
        &SPEC
    }

    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &Stamp) -> Result<Decision, Refusal> {
        let today = stamp.at.to_zoned(TimeZone::UTC).date();
        Ok(client.note_expiry(today, self.notice_days, stamp))
    }

    fn reply(
        &self,
        _client: &Client,
        event: Option<&ClientEvent>,
        _stamp: &Stamp,
    ) -> (String, Map<String, Value>) {
        let data = json!({ "told": event.map(|event| EventKind::name(event.kind)) });
        ("Document expiry noted.".to_owned(), crate::reply::members(data))
    }
}
