use std::fmt;

use client_domain::ActorId;
use jiff::Timestamp;

use super::EventId;
use crate::{IdempotencyKey, Reply};

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
    /// What was answered; its outcome is [`Outcome::Done`](crate::Outcome::Done).
    pub reply: Reply,
    /// When. A store may forget outcomes after a documented time, and not before.
    pub at: Timestamp,
}
