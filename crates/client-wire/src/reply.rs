//! The answer of a successful request.

use client_app::{Executed, RecordedReply};
use client_domain::value::Version;
use serde_json::Value;

use crate::reply_data::ReplyData;

/// The answer of a command or query: the published message, the data, and the version for the `ETag`.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The published message.
    pub message: String,
    /// The `data` of the envelope, a JSON object.
    pub data: ReplyData,
    /// The version of the client, if the answer shows exactly one client.
    pub version: Option<Version>,
    /// Which request did the work that the reply describes.
    pub outcome: Outcome,
}

/// Which request did the work that a reply describes.
///
/// The distinction also matters for files: the file that this request stored is in use in the first two cases, and not in
/// the third.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// This request, or none: a query and a dry run change nothing.
    #[default]
    Done,
    /// This request. The answer of its commit was lost, and a lookup found its outcome.
    Recovered,
    /// An earlier request with the same idempotency key. This request did nothing.
    Replayed,
}

impl Reply {
    /// The reply to a command.
    pub(crate) fn of(executed: Executed<RecordedReply>) -> Self {
        let outcome = match &executed {
            Executed::Done(_) | Executed::Checked(_) => Outcome::Done,
            Executed::Recovered(_) => Outcome::Recovered,
            Executed::Replayed(_) => Outcome::Replayed,
        };
        let RecordedReply { message, data, version } = executed.into_outcome();
        Self { message, data: data.into(), version, outcome }
    }
}

/// The members of a JSON object; empty for other values.
pub(crate) fn members(object: Value) -> serde_json::Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => serde_json::Map::new(),
    }
}
