//! What an idempotency key has led to, and what is answered by it. A key is looked at before everything that could refuse
//! its command today: settings, directories and quotas may be others than when it was done.

use client_domain::Client;
use client_domain::value::ClientKey;
use serde_json::{Map, Value};

use super::{Attempt, Execution};
use crate::command::sealing::KeyedRequest;
use crate::failure::{During, unanswered};
use crate::ports::{ClientRef, OutcomeRecord, RequestKey, StoreError, StoredReply};
use crate::{Clients, Code, Failure, Item, Outcome, Reply, RequestContext};

impl Clients {
    /// The stored answer of a command that was done, although its body is refused today.
    pub(crate) async fn done_before(
        &self,
        command: &str,
        data: &Map<String, Value>,
        context: &RequestContext,
    ) -> Result<Option<Reply>, Failure> {
        let Some(key) = context.idempotency_key.clone().filter(|_| !context.dry_run) else { return Ok(None) };
        let key = RequestKey { actor: context.caller.actor.id.clone(), command: command.to_owned(), key };
        let request = KeyedRequest::new(key, data);
        // What it was about is not known, and not needed: an outcome is loaded whoever the client is.
        let nobody = ClientRef::Key(ClientKey::from_bits(0));
        let loaded = self.store.load(&nobody, Some(&request.key)).await;
        let stored = loaded.map_err(|error| unanswered(&error, During::Load))?.outcome;
        let Some(stored) = stored.filter(|stored| stored.fingerprint == request.fingerprint) else {
            return Ok(None);
        };
        let StoredReply { message, data, version } = stored.reply;
        let data = request.open(stored.attempt.as_ref(), data);
        Ok(data.map(|data| Reply { message, data, version, outcome: Outcome::Replayed }))
    }
}

impl Execution<'_> {
    /// The answer of a creation that was done before. Of a change that is known since the client was loaded.
    pub(super) async fn replay(
        &self,
        before: Option<&Client>,
        key: &ClientKey,
    ) -> Result<Option<Reply>, Failure> {
        if before.is_some() || self.context.dry_run {
            return Ok(None);
        }
        let stored = self.recorded(key).await?;
        stored.map(|outcome| self.answered_before(outcome)).transpose()
    }

    /// The storage did not say how the commit ended: the idempotency record does, if it is there by now.
    pub(super) async fn look_up(&self, key: &ClientKey, error: &StoreError) -> Result<Attempt, Failure> {
        match self.recorded(key).await {
            Ok(Some(outcome)) => self.answered_before(outcome).map(Attempt::Done),
            // It may still be on its way, so that it is not there does not say that it never will be.
            Ok(None) | Err(_) => Err(unanswered(error, During::Commit)),
        }
    }

    /// What the idempotency key of this command has led to, if it has one and was used.
    pub(super) async fn recorded(&self, key: &ClientKey) -> Result<Option<OutcomeRecord>, Failure> {
        let Some(request) = &self.request else {
            return Ok(None);
        };
        let loaded = self.clients.store.load(&ClientRef::Key(key.clone()), Some(&request.key)).await;
        Ok(loaded.map_err(|error| unanswered(&error, During::Load))?.outcome)
    }

    /// The answer that is stored under the idempotency key, and whether it is of this attempt or of an earlier request.
    pub(super) fn answered_before(&self, stored: OutcomeRecord) -> Result<Reply, Failure> {
        self.check_body(&stored)?;
        let own = stored.attempt.as_ref() == Some(&self.event_id);
        let outcome = if own { Outcome::Recovered } else { Outcome::Replayed };
        let StoredReply { message, data, version } = stored.reply;
        let request = self.request.as_ref();
        let data = request.and_then(|request| request.open(stored.attempt.as_ref(), data));
        let data = data.ok_or_else(|| {
            let what = "an idempotency outcome that its own request does not open".to_owned();
            unanswered(&StoreError::Corrupt { what }, During::Load)
        })?;
        Ok(Reply { message, data, version, outcome })
    }

    /// Refuses an idempotency key that was used for another body. This is all that a dry run does with its key: it
    /// is checked anew each time, replays nothing and uses up nothing.
    pub(super) fn check_body(&self, stored: &OutcomeRecord) -> Result<(), Failure> {
        let same = self.request.as_ref().is_some_and(|request| request.fingerprint == stored.fingerprint);
        if same { Ok(()) } else { Err(key_reused()) }
    }
}

pub(super) fn key_reused() -> Failure {
    let item = Item::new(Code::IdempotencyKeyReused, "This Idempotency-Key was used for another body.");
    Failure::of(item.field("Idempotency-Key"))
}
