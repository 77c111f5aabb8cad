//! The author of a change and its time.

use jiff::Timestamp;

use crate::value::{EmailAddress, Invalid, text_value};

text_value! {
    /// The stable identity of an actor, the `sub` of a token: 1 to 255 characters on one line.
    ///
    /// Ids that look alike identify one [`Person`](crate::Person); four eyes depends on that.
    ActorId, Verbatim, 1..=255, open
}

/// A person or a system that asks for an operation.
///
/// ```
/// use client_domain::Actor;
///
/// let actor = Actor::parse("5f2c")?;
/// assert_eq!(actor.label(), "5f2c");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Actor {
    /// The id of the actor.
    pub id: ActorId,
    /// The e-mail address of the actor, if it is known.
    pub email: Option<EmailAddress>,
}

impl Actor {
    /// An actor of whom only the id is known.
    pub fn parse(id: &str) -> Result<Self, Invalid> {
        Ok(Self { id: ActorId::parse(id)?, email: None })
    }

    /// The label that people see: the e-mail address, else the id.
    pub fn label(&self) -> &str {
        self.email.as_ref().map_or(self.id.as_str(), EmailAddress::as_str)
    }
}

/// The actor and the time of a change; every decision has one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct AuditStamp {
    /// The actor.
    pub by: Actor,
    /// The time, UTC.
    pub at: Timestamp,
}

impl AuditStamp {
    /// Combines an actor and a time.
    pub const fn new(by: Actor, at: Timestamp) -> Self {
        Self { by, at }
    }
}
