//! Earlier outcomes of idempotency keys. A key is checked before anything that could refuse a repeated
//! command: settings, directories and quotas may have changed since.

use client_domain::AuditStamp;
use client_domain::value::ClientKey;
use serde_json::json;

use super::execution::{Attempt, Execution};
use super::sealing::KeyedRequest;
use crate::clients::Clients;
use crate::error::Error;
use crate::executed::{Executed, RecordedReply};
use crate::ports::error::StoreError;
use crate::ports::idempotency::{OutcomeRecord, StoredReply};
use crate::ports::store::ClientRef;
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;

/// The member of a stored reply that says that the command was forestalled. No reply to a command has it.
const FORESTALLED: &str = "_forestalled";

impl Clients {
    /// The reply of an earlier command with the idempotency key of this request, for a command that cannot be
    /// planned today. `None` without a key, if another request used the key, and in a dry run.
    ///
    /// # Errors
    ///
    /// The store failed.
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
        // The client of the command is unknown and not needed: the outcome is found without it.
        let no_client = ClientRef::Key(ClientKey::from_bits(0));
        let loaded = self.store.load(&no_client, Some(&request.key)).await.map_err(Error::of_load)?;
        let stored = loaded.outcome.filter(|stored| stored.fingerprint == request.fingerprint);
        let Some(stored) = stored else { return Ok(None) };
        let StoredReply { message, data, version } = stored.reply;
        let data = request.open(stored.attempt.as_ref(), data);
        Ok(data.map(|data| Executed::Replayed(RecordedReply { message, data, version })))
    }
}

impl Clients {
    /// Settles that the command of this request was not done: stores that under its idempotency key, so that a commit that
    /// is still on its way finds it and writes nothing. If the command was done, its reply is returned instead.
    ///
    /// # Errors
    ///
    /// The store failed, and nothing is settled; or the request has no idempotency key, or another request has used it.
    pub async fn forestall(
        &self,
        context: &RequestContext,
        command: &'static str,
        digest: &(dyn Fn() -> RequestDigest + Send + Sync),
    ) -> Result<Option<Executed<RecordedReply>>, Error> {
        let request = KeyedRequest::of(context, command, digest).filter(|_| !context.dry_run);
        let request = request.ok_or_else(Error::internal)?;
        let message = "The command was not tried, and never will be.".to_owned();
        let reply = RecordedReply { message, data: json!({ FORESTALLED: true }), version: None };
        let stamp = AuditStamp::new(context.caller.actor.clone(), self.storage_time(self.clock.now()));
        let earlier = self.record(&request, reply, &stamp).await?;
        Ok(earlier.filter(|earlier| earlier.data.get(FORESTALLED).is_none()).map(Executed::Replayed))
    }
}

impl Execution<'_> {
    /// The reply of an earlier execution of a creation. For changes, loading the client finds it already.
    pub(super) async fn replay(&self, key: &ClientKey) -> Result<Option<Executed<RecordedReply>>, Error> {
        if self.context.dry_run {
            return Ok(None);
        }
        let stored = self.recorded(key).await?;
        stored.map(|outcome| self.recorded_reply(outcome)).transpose()
    }

    /// Resolves a commit that was not answered: the idempotency record has the outcome, if it exists by now.
    pub(super) async fn resolve_unknown_outcome(
        &self,
        key: &ClientKey,
        error: StoreError,
    ) -> Result<Attempt, Error> {
        match self.recorded(key).await {
            Ok(Some(outcome)) => self.recorded_reply(outcome).map(Attempt::Ended),
            // The commit may still be running, so a missing record does not prove that it failed.
            Ok(None) | Err(_) => Err(Error::of_commit(error)),
        }
    }

    /// The outcome of the command's idempotency key, if it has one that was used.
    pub(super) async fn recorded(&self, key: &ClientKey) -> Result<Option<OutcomeRecord>, Error> {
        let Some(request) = &self.request else {
            return Ok(None);
        };
        let loaded = self.clients.store.load(&ClientRef::Key(key.clone()), Some(&request.key)).await;
        Ok(loaded.map_err(Error::of_load)?.outcome)
    }

    /// The stored reply, and whether this attempt or an earlier request wrote it.
    pub(super) fn recorded_reply(&self, stored: OutcomeRecord) -> Result<Executed<RecordedReply>, Error> {
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

    /// Refuses an idempotency key that another request has used. For a dry run nothing more happens with the
    /// key: a dry run is checked anew each time, replays nothing and stores nothing.
    pub(super) fn check_body(&self, stored: &OutcomeRecord) -> Result<(), Error> {
        let same = self.request.as_ref().is_some_and(|request| request.fingerprint == stored.fingerprint);
        if same { Ok(()) } else { Err(Error::IdempotencyKeyReused) }
    }
}
