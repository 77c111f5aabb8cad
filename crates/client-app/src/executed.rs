//! What a command that was executed has come to.

use std::collections::BTreeSet;

use client_domain::value::Version;
use client_domain::{AuditStamp, ClaimKind, Client, ClientEvent};
use serde_json::Value;

/// The outcome of a command, and which request has done it.
///
/// ```
/// use client_app::Executed;
///
/// let executed = Executed::Replayed("the stored outcome");
/// assert!(executed.is_replay());
/// assert_eq!(executed.into_outcome(), "the stored outcome");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executed<T> {
    /// This request did it, or there was nothing to do.
    Done(T),
    /// This request did it. The answer of its commit was lost, and its own outcome was found by a look-up.
    Recovered(T),
    /// An earlier request with the same idempotency key did it; this one did nothing.
    Replayed(T),
    /// A dry run: nothing was written. Ids in the outcome are not those that the command will make.
    Checked(T),
}

impl<T> Executed<T> {
    /// The outcome, whichever request has done it.
    pub fn into_outcome(self) -> T {
        match self {
            Self::Done(outcome)
            | Self::Recovered(outcome)
            | Self::Replayed(outcome)
            | Self::Checked(outcome) => outcome,
        }
    }

    /// Whether an earlier request did it.
    pub const fn is_replay(&self) -> bool {
        matches!(self, Self::Replayed(_))
    }

    /// The same with another form of the outcome.
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Executed<U> {
        match self {
            Self::Done(outcome) => Executed::Done(form(outcome)),
            Self::Recovered(outcome) => Executed::Recovered(form(outcome)),
            Self::Replayed(outcome) => Executed::Replayed(form(outcome)),
            Self::Checked(outcome) => Executed::Checked(form(outcome)),
        }
    }
}

impl<T, E> Executed<Result<T, E>> {
    /// The outcome where there is one, else the error.
    pub fn transpose(self) -> Result<Executed<T>, E> {
        Ok(match self {
            Self::Done(outcome) => Executed::Done(outcome?),
            Self::Recovered(outcome) => Executed::Recovered(outcome?),
            Self::Replayed(outcome) => Executed::Replayed(outcome?),
            Self::Checked(outcome) => Executed::Checked(outcome?),
        })
    }
}

/// What was decided, before it is committed: what the reply of a command is made of.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    /// The client as it is afterwards.
    pub client: &'a Client,
    /// What happened; none where nothing changes.
    pub event: Option<&'a ClientEvent>,
    /// Who decided it, and when.
    pub stamp: &'a AuditStamp,
    /// Duplicates that the policy only warns of.
    pub duplicates: &'a BTreeSet<ClaimKind>,
    /// Whether nothing will be written.
    pub dry_run: bool,
}

/// The reply to a command in the form in which it is stored under an idempotency key and replayed.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedReply {
    /// A message that says nothing of a client.
    pub message: String,
    /// The data.
    pub data: Value,
    /// The version of the client; none in a dry run.
    pub version: Option<Version>,
}
