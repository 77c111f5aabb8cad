use std::fmt;

use client_domain::ActorId;
use client_domain::value::{ClientKey, Version};
use jiff::Timestamp;
use serde_json::Value;

use super::EventId;
use crate::IdempotencyKey;

/// What an idempotency key is unique within: the actor and the command. Nobody sees another actor's outcomes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestKey {
    /// Who sent it.
    pub actor: ActorId,
    /// The name of the command.
    pub command: String,
    /// The key.
    pub key: IdempotencyKey,
}

/// A SHA-256 of the canonical body: two bodies that say the same have the same one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(…)")
    }
}

/// The outcome of a command that was done under an idempotency key.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeRecord {
    /// Under which key.
    pub request: RequestKey,
    /// Which attempt wrote it: the id of the event of that attempt, made afresh for each request even where the command
    /// changes nothing and no event is written. An attempt whose commit was not answered knows its own outcome by it.
    /// None in outcomes of releases that did not write it down.
    pub attempt: Option<EventId>,
    /// With which body.
    pub fingerprint: Fingerprint,
    /// Which client the command was about, so that what is stored of a client can be found. None in outcomes of releases
    /// that did not write it down.
    pub client: Option<ClientKey>,
    /// What was answered.
    pub reply: StoredReply,
    /// When. A store may forget outcomes after a documented time, and not before.
    pub at: Timestamp,
}

/// The reply to a command as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredReply {
    /// The published message, which says nothing of a client.
    pub message: String,
    /// The data.
    pub data: StoredData,
    /// The version for the `ETag`.
    pub version: Option<Version>,
}

/// The data of a stored reply. It may be personal, so it is sealed; a store keeps it to the letter.
#[derive(Clone, PartialEq)]
pub enum StoredData {
    /// Encrypted with a key that is derived from the request and stored nowhere.
    Sealed(String),
    /// In plain, as releases that did not seal wrote it: a JSON object.
    Plain(Value),
}

impl StoredData {
    /// The data as JSON: a string if it is sealed, an object if not.
    ///
    /// ```
    /// use client_app::ports::StoredData;
    ///
    /// let sealed = StoredData::Sealed("q83vEjRW".to_owned());
    /// assert_eq!(sealed.to_json(), r#""q83vEjRW""#);
    /// assert_eq!(StoredData::from_json(&sealed.to_json()), Some(sealed));
    /// ```
    pub fn to_json(&self) -> String {
        match self {
            Self::Sealed(text) => Value::from(text.as_str()).to_string(),
            Self::Plain(data) => data.to_string(),
        }
    }

    /// Reads what [`to_json`](Self::to_json) wrote; none if that is neither a string nor an object.
    pub fn from_json(text: &str) -> Option<Self> {
        match serde_json::from_str(text).ok()? {
            Value::String(text) => Some(Self::Sealed(text)),
            data @ Value::Object(_) => Some(Self::Plain(data)),
            _ => None,
        }
    }
}

impl fmt::Debug for StoredData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sealed(_) => "Sealed(…)",
            Self::Plain(_) => "Plain(…)",
        })
    }
}
