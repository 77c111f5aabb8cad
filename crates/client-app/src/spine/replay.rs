//! What an idempotency key has led to. A key is looked at before everything that could refuse its command today:
//! settings, directories and quotas may be others than when it was done.

use client_domain::value::ClientKey;

use super::execution::{Attempt, Execution};
use super::sealing::KeyedRequest;
use crate::ports::{ClientRef, OutcomeRecord, StoreError, StoredReply};
use crate::{Clients, Error, Executed, RecordedReply, RequestContext, RequestDigest};

impl Clients {
    /// The reply to a command that was done before under the idempotency key of this request, although it cannot be planned
    /// today. None without a key, for another request under it, and in a dry run.
    ///
    /// # Errors
    ///
    /// The store did not answer.
    pub async fn replay(
        &self,
        context: &RequestContext,
        command: &'static str,
        digest: &(dyn Fn() -> RequestDigest + Send + Sync),
    ) -> Result<Option<Executed<RecordedReply>>, Error> {
        if context.dry_run {
            return Ok(None);
        }
        let Some(request) = KeyedRequest::of(context, command, digest) else { return Ok(None) };
        // Which client it was about is not known, and not needed: an outcome is loaded whatever the client is.
        let no_client = ClientRef::Key(ClientKey::from_bits(0));
        let loaded = self.store.load(&no_client, Some(&request.key)).await.map_err(Error::of_load)?;
        let stored = loaded.outcome.filter(|stored| stored.fingerprint == request.fingerprint);
        let Some(stored) = stored else { return Ok(None) };
        let StoredReply { message, data, version } = stored.reply;
        let data = request.open(stored.attempt.as_ref(), data);
        Ok(data.map(|data| Executed::Replayed(RecordedReply { message, data, version })))
    }
}

impl Execution<'_> {
    /// The answer of a creation that was done before. Of a change that is known since the client was loaded.
    pub(super) async fn replay(&self, key: &ClientKey) -> Result<Option<Executed<RecordedReply>>, Error> {
        if self.context.dry_run {
            return Ok(None);
        }
        let stored = self.recorded(key).await?;
        stored.map(|outcome| self.answered_before(outcome)).transpose()
    }

    /// The store did not say how the commit ended: the idempotency record does, if it is there by now.
    pub(super) async fn resolve_unknown_outcome(
        &self,
        key: &ClientKey,
        error: StoreError,
    ) -> Result<Attempt, Error> {
        match self.recorded(key).await {
            Ok(Some(outcome)) => self.answered_before(outcome).map(Attempt::Ended),
            // It may still be on its way, so that it is not there does not say that it never will be.
            Ok(None) | Err(_) => Err(Error::of_commit(error)),
        }
    }

    /// What the idempotency key of this command has led to, if it has one and was used.
    pub(super) async fn recorded(&self, key: &ClientKey) -> Result<Option<OutcomeRecord>, Error> {
        let Some(request) = &self.request else {
            return Ok(None);
        };
        let loaded = self.clients.store.load(&ClientRef::Key(key.clone()), Some(&request.key)).await;
        Ok(loaded.map_err(Error::of_load)?.outcome)
    }

    /// The reply that is stored under the idempotency key, and whether it is of this attempt or of an earlier request.
    pub(super) fn answered_before(&self, stored: OutcomeRecord) -> Result<Executed<RecordedReply>, Error> {
        self.check_body(&stored)?;
        let own = stored.attempt.as_ref() == Some(&self.event_id);
        let StoredReply { message, data, version } = stored.reply;
        let request = self.request.as_ref();
        let data = request.and_then(|request| request.open(stored.attempt.as_ref(), data));
        let data = data.ok_or_else(|| {
            let what = "an idempotency outcome that its own request does not open".to_owned();
            Error::of_load(StoreError::Corrupt { what })
        })?;
        let reply = RecordedReply { message, data, version };
        Ok(if own { Executed::Recovered(reply) } else { Executed::Replayed(reply) })
    }

    /// Refuses an idempotency key that was used for another request. This is all that a dry run does with its key: it
    /// is checked anew each time, replays nothing and uses up nothing.
    pub(super) fn check_body(&self, stored: &OutcomeRecord) -> Result<(), Error> {
        let same = self.request.as_ref().is_some_and(|request| request.fingerprint == stored.fingerprint);
        if same { Ok(()) } else { Err(Error::IdempotencyKeyReused) }
    }
}
