//! Who did it, and when.

use jiff::Timestamp;

use crate::value::{EmailAddress, Invalid, text_value};

text_value! {
    /// The stable identity of an actor, the `sub` of a token: 1 to 255 characters on one line.
    ///
    /// Ids that look alike stand for one [`Person`](crate::Person); four eyes rests on that.
    ActorId, Line, 1..=255, open
}

/// A person or a system that asks for something.
///
/// ```
/// use client_domain::Actor;
///
/// let actor = Actor::parse("5f2c")?;
/// assert_eq!(actor.label(), "5f2c");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub id: ActorId,
    /// The actor's e-mail address, where it is known.
    pub email: Option<EmailAddress>,
}

impl Actor {
    /// An actor of whom only the id is known.
    pub fn parse(id: &str) -> Result<Self, Invalid> {
        Ok(Self { id: ActorId::parse(id)?, email: None })
    }

    /// How the actor is shown to people: the e-mail address, else the id.
    pub fn label(&self) -> &str {
        self.email.as_ref().map_or(self.id.as_str(), EmailAddress::as_str)
    }
}

/// An actor and a moment: what every decision is stamped with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditStamp {
    /// Who.
    pub by: Actor,
    /// When, UTC.
    pub at: Timestamp,
}

impl AuditStamp {
    /// Puts the two together.
    pub const fn new(by: Actor, at: Timestamp) -> Self {
        Self { by, at }
    }
}
