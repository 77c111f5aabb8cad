use std::fmt;

use client_domain::ActorId;
use client_domain::value::{ClientKey, Version};
use jiff::Timestamp;
use serde_json::Value;

use crate::ports::outbox::EventId;
use crate::request::IdempotencyKey;

/// The scope of an idempotency key: the actor and the command. An actor never sees another actor's outcomes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestKey {
    /// The actor.
    pub actor: ActorId,
    /// The name of the command.
    pub command: String,
    /// The key.
    pub key: IdempotencyKey,
}

/// A SHA-256 of the canonical body: bodies with the same meaning have the same fingerprint.
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
    /// The idempotency key in its scope.
    pub request: RequestKey,
    /// The attempt that wrote it: the event id of that attempt, which is fresh for each request, even if the
    /// command changes nothing and no event is written. An attempt whose commit was not answered recognises
    /// its own outcome by it. `None` in outcomes of releases without it.
    pub attempt: Option<EventId>,
    /// The fingerprint of the body.
    pub fingerprint: Fingerprint,
    /// The client of the command, so that all stored data of a client can be found. `None` in outcomes of
    /// releases without it.
    pub client: Option<ClientKey>,
    /// The reply.
    pub reply: StoredReply,
    /// The time. A store may delete outcomes after a documented time, and not before.
    pub at: Timestamp,
}

/// The reply to a command as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredReply {
    /// The public message, which contains no client data.
    pub message: String,
    /// The data.
    pub data: StoredData,
    /// The version for the `ETag`.
    pub version: Option<Version>,
}

/// The data of a stored reply. It may be personal, so it is sealed; a store returns it unchanged.
#[derive(Clone, PartialEq)]
pub enum StoredData {
    /// Encrypted with a key that is derived from the request and never stored.
    Sealed(String),
    /// Plain text from releases that did not seal: a JSON object.
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

    /// Reads the JSON of [`to_json`](Self::to_json); `None` if it is neither a string nor an object.
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
