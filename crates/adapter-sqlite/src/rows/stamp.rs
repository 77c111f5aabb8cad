//! Who did something, and when.

use client_domain::value::EmailAddress;
use client_domain::{Actor, ActorId, AuditStamp};

/// The e-mail address of an actor, if it is known.
pub(super) fn email(actor: &Actor) -> Option<&str> {
    let Actor { id: _, email } = actor;
    email.as_ref().map(EmailAddress::as_str)
}

/// A stamp as it is kept within JSON.
pub(super) fn read(id: &str, email: Option<&str>, at: jiff::Timestamp) -> Option<AuditStamp> {
    let by =
        Actor { id: ActorId::parse(id).ok()?, email: email.map(EmailAddress::restore).transpose().ok()? };
    Some(AuditStamp::new(by, at))
}
