//! What a person decides about a dead letter.

use client_domain::Permission;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clients::Clients;
use crate::error::Error;
use crate::ports::outbox::{DeadLetter, DeadLetterKey, DeadLetterSelection, EventId};
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;
use crate::standalone::StandaloneCommand;
use crate::standalone::sealed::Sealed;

/// How many dead letters one read returns. Ids are random, so hardly any share all digits but the last.
const PAGE: usize = 16;

impl Clients {
    /// Whether there is this dead letter.
    async fn is_dead_letter(&self, wanted: &DeadLetterKey) -> Result<bool, Error> {
        let outbox = &self.back_office()?.outbox;
        // The id without its last digit comes just before it, so the dead letters before that are not read.
        let id = wanted.event.as_str();
        let before = id.char_indices().last().and_then(|(last, _)| id.get(..last));
        let mut after = before.map(|prefix| DeadLetterKey {
            event: EventId::from_stored(prefix.to_owned()),
            receiver: wanted.receiver.clone(),
        });
        loop {
            let page = outbox.dead_letters(after.as_ref(), PAGE).await.map_err(Error::of_load)?;
            if page.iter().any(|letter| letter.key() == *wanted) {
                return Ok(true);
            }
            match page.last().map(DeadLetter::key) {
                // They come in the order of their keys.
                Some(last) if last < *wanted => after = Some(last),
                _ => return Ok(false),
            }
        }
    }
}

impl DeadLetterKey {
    /// Adds what was asked for. Before there were several receivers a request named the event only.
    fn digest(&self, digest: &mut RequestDigest) {
        digest.text(self.event.as_str());
        if !self.receiver.is_default() {
            digest.text(self.receiver.as_str());
        }
    }
}

/// Sends a dead letter again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResendDeadLetter {
    /// The dead letter.
    pub letter: DeadLetterKey,
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
        self.letter.digest(digest);
    }

    async fn perform(
        self,
        clients: &Clients,
        context: &RequestContext,
        _now: Timestamp,
    ) -> Result<DeadLetterResent, Error> {
        if context.dry_run {
            return Ok(DeadLetterResent { resent: clients.is_dead_letter(&self.letter).await? });
        }
        let DeadLetterKey { event, receiver } = self.letter;
        let which = DeadLetterSelection::Event(event.clone());
        let outbox = &clients.back_office()?.outbox;
        let count = outbox.resend(&receiver, &which).await.map_err(Error::of_commit)?;
        if count > 0 {
            tracing::info!(
                event = event.as_str(),
                receiver = receiver.as_str(),
                "a dead letter is queued again"
            );
        }
        Ok(DeadLetterResent { resent: count > 0 })
    }
}

/// Gives a dead letter up: it is never delivered to its receiver, and the later events of its client are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscardDeadLetter {
    /// The dead letter.
    pub letter: DeadLetterKey,
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
        self.letter.digest(digest);
    }

    async fn perform(
        self,
        clients: &Clients,
        context: &RequestContext,
        now: Timestamp,
    ) -> Result<DeadLetterDiscarded, Error> {
        if context.dry_run {
            return Ok(DeadLetterDiscarded { discarded: clients.is_dead_letter(&self.letter).await? });
        }
        let DeadLetterKey { event, receiver } = self.letter;
        let outbox = &clients.back_office()?.outbox;
        let discarded = outbox.discard(&receiver, &event, now).await.map_err(Error::of_commit)?;
        if discarded {
            tracing::warn!(
                event = event.as_str(),
                receiver = receiver.as_str(),
                "a dead letter was discarded and will never be delivered"
            );
        }
        Ok(DeadLetterDiscarded { discarded })
    }
}
