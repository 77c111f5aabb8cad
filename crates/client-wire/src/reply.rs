//! What a request that was done answers.

use client_app::{Executed, RecordedReply};
use client_domain::value::Version;
use serde_json::Value;

/// The answer of a command or query: the published message, the data, and the version for the `ETag`.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The published message.
    pub message: String,
    /// The `data` of the envelope, a JSON object.
    pub data: Value,
    /// The version of the client that the answer shows, where it shows exactly one.
    pub version: Option<Version>,
    /// Which request did what is answered.
    pub outcome: Outcome,
}

/// Which request did what a reply tells.
///
/// The distinction is more than a header: what a request stored for its commit (the file of a document) is in use in
/// the first two cases and not in the third.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// This request did it, or there was nothing to do: a query, a dry run.
    #[default]
    Done,
    /// This request did it. The answer of its commit was lost, and its own outcome was found by a look-up.
    Recovered,
    /// An earlier request with the same idempotency key did it; this one did nothing.
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
        Self { message, data, version, outcome }
    }
}

/// The members of an object that was just written down as one.
pub(crate) fn members(object: Value) -> serde_json::Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => serde_json::Map::new(),
    }
}
