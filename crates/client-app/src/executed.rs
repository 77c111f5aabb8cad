//! The result of an executed command.

use std::collections::BTreeSet;

use client_domain::client::{AmendmentId, ValueChange};
use client_domain::value::Version;
use client_domain::{AuditStamp, ClaimKind, Client, ClientEvent};
use jiff::civil::Date;
use serde_json::Value;

/// The outcome of a command, and the request that produced it.
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
    /// This request did the command, or there was nothing to do.
    Done(T),
    /// This request did the command. Its commit was not answered; the outcome was found in the idempotency
    /// record.
    Recovered(T),
    /// An earlier request with the same idempotency key did the command; this request did nothing.
    Replayed(T),
    /// A dry run: nothing was written. The ids in the outcome are not those of the later command.
    Checked(T),
}

impl<T> Executed<T> {
    /// The outcome, whichever request produced it.
    pub fn into_outcome(self) -> T {
        match self {
            Self::Done(outcome)
            | Self::Recovered(outcome)
            | Self::Replayed(outcome)
            | Self::Checked(outcome) => outcome,
        }
    }

    /// Whether an earlier request produced it.
    pub const fn is_replay(&self) -> bool {
        matches!(self, Self::Replayed(_))
    }

    /// Converts the outcome.
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
    /// Turns an execution with a fallible outcome into a result.
    pub fn transpose(self) -> Result<Executed<T>, E> {
        Ok(match self {
            Self::Done(outcome) => Executed::Done(outcome?),
            Self::Recovered(outcome) => Executed::Recovered(outcome?),
            Self::Replayed(outcome) => Executed::Replayed(outcome?),
            Self::Checked(outcome) => Executed::Checked(outcome?),
        })
    }
}

/// The decision of a command before its commit, from which the reply is built.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    /// The client after the command.
    pub client: &'a Client,
    /// The event; `None` if nothing changes.
    pub event: Option<&'a ClientEvent>,
    /// The values that wait for a second person, if the command proposes some.
    pub proposed: &'a [ValueChange],
    /// The actor and the time.
    pub stamp: &'a AuditStamp,
    /// The day of the bank at that time.
    pub today: Date,
    /// Duplicates for which the policy only warns.
    pub duplicates: &'a BTreeSet<ClaimKind>,
    /// Whether the client looks like another one, and the policy warns of it.
    pub looks_alike: bool,
    /// Whether it is a dry run.
    pub dry_run: bool,
}

impl Decided<'_> {
    /// The amendment in which the command proposes values, if it does.
    pub fn proposal(&self) -> Option<&AmendmentId> {
        self.event.filter(|_| !self.proposed.is_empty())?.amendment.as_ref()
    }
}

/// The reply to a command in the form that is stored under an idempotency key and replayed.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedReply {
    /// A message without client data.
    pub message: String,
    /// The data.
    pub data: Value,
    /// The version of the client; `None` in a dry run.
    pub version: Option<Version>,
}
