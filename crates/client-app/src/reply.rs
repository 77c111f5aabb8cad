//! What a request that was done answers.

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
    /// Whether this is the outcome of an earlier command with the same idempotency key.
    pub replayed: bool,
}

/// The members of an object that was just written down as one.
pub(crate) fn members(object: Value) -> serde_json::Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => serde_json::Map::new(),
    }
}
