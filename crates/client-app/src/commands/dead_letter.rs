//! What a person decides about a dead letter.

use client_domain::Permission;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clients::Clients;
use crate::error::Error;
use crate::ports::outbox::{DeadLetterSelection, EventId};
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;
use crate::standalone::StandaloneCommand;
use crate::standalone::sealed::Sealed;

/// How many dead letters one read returns. Ids are random, so hardly any share all digits but the last.
const PAGE: usize = 16;

impl Clients {
    /// Whether this event is a dead letter.
    async fn is_dead_letter(&self, event: &EventId) -> Result<bool, Error> {
        let outbox = &self.back_office()?.outbox;
        // The id without its last digit comes just before it, so the dead letters before that are not read.
        let id = event.as_str();
        let before = id.char_indices().last().and_then(|(last, _)| id.get(..last));
        let mut after = before.map(|prefix| EventId::from_stored(prefix.to_owned()));
        loop {
            let page = outbox.dead_letters(after.as_ref(), PAGE).await.map_err(Error::of_load)?;
            if page.iter().any(|letter| letter.event.id == *event) {
                return Ok(true);
            }
            match page.last() {
                // They come in the order of their ids.
                Some(last) if last.event.id < *event => after = Some(last.event.id.clone()),
                _ => return Ok(false),
            }
        }
    }
}

/// Sends a dead letter again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResendDeadLetter {
    /// The event.
    pub event: EventId,
}

/// A dead letter was queued again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterResent {
    /// Whether the event was a dead letter.
    pub resent: bool,
}

impl Sealed for ResendDeadLetter {}

impl StandaloneCommand for ResendDeadLetter {
    const NAME: &'static str = "ResendDeadLetterCommand";
    const PERMISSION: Permission = Permission::Operations;
    type Outcome = DeadLetterResent;

    fn digest(&self, digest: &mut RequestDigest) {
        digest.text(self.event.as_str());
    }

    async fn perform(
        self,
        clients: &Clients,
        context: &RequestContext,
        _now: Timestamp,
    ) -> Result<DeadLetterResent, Error> {
        if context.dry_run {
            return Ok(DeadLetterResent { resent: clients.is_dead_letter(&self.event).await? });
        }
        let which = DeadLetterSelection::Event(self.event.clone());
        let count = clients.back_office()?.outbox.resend(&which).await.map_err(Error::of_commit)?;
        if count > 0 {
            tracing::info!(event = self.event.as_str(), "a dead letter is queued again");
        }
        Ok(DeadLetterResent { resent: count > 0 })
    }
}

/// Gives a dead letter up: it is never delivered, and the later events of its client are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscardDeadLetter {
    /// The event.
    pub event: EventId,
}

/// A dead letter was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterDiscarded {
    /// Whether the event was a dead letter.
    pub discarded: bool,
}

impl Sealed for DiscardDeadLetter {}

impl StandaloneCommand for DiscardDeadLetter {
    const NAME: &'static str = "DiscardDeadLetterCommand";
    const PERMISSION: Permission = Permission::Operations;
    type Outcome = DeadLetterDiscarded;

    fn digest(&self, digest: &mut RequestDigest) {
        digest.text(self.event.as_str());
    }

    async fn perform(
        self,
        clients: &Clients,
        context: &RequestContext,
        now: Timestamp,
    ) -> Result<DeadLetterDiscarded, Error> {
        if context.dry_run {
            return Ok(DeadLetterDiscarded { discarded: clients.is_dead_letter(&self.event).await? });
        }
        let outbox = &clients.back_office()?.outbox;
        let discarded = outbox.discard(&self.event, now).await.map_err(Error::of_commit)?;
        if discarded {
            tracing::warn!(
                event = self.event.as_str(),
                "a dead letter was discarded and will never be delivered"
            );
        }
        Ok(DeadLetterDiscarded { discarded })
    }
}
