//! Execution of commands that write no client. Only the outcome of an idempotency key is committed.

use client_domain::AuditStamp;
use client_domain::value::ClientKey;

use super::execution::ATTEMPTS;
use super::sealing::KeyedRequest;
use crate::clients::Clients;
use crate::error::Error;
use crate::execute::{recorded, restored};
use crate::executed::{Executed, RecordedReply};
use crate::ports::changeset::{Changeset, Committed};
use crate::ports::error::StoreError;
use crate::ports::idempotency::{OutcomeRecord, StoredReply};
use crate::ports::store::ClientRef;
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;
use crate::standalone::StandaloneCommand;

impl Clients {
    /// Executes a command that writes no client.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; nothing was written unless [`Error::outcome_is_unknown`].
    pub async fn perform<C: StandaloneCommand>(
        &self,
        context: &RequestContext,
        command: C,
    ) -> Result<Executed<C::Outcome>, Error> {
        let admission = self.admit(context, C::PERMISSION)?;
        if context.expected_version.is_some() {
            return Err(Error::VersionNotApplicable);
        }
        let mut digest = RequestDigest::new();
        command.digest(&mut digest);
        let request = KeyedRequest::of(context, C::NAME, &|| digest.clone());
        if let Some(request) = &request {
            let known = self.known_outcome(request).await?;
            // A dry run replays nothing.
            if let Some(reply) = known.filter(|_| !context.dry_run) {
                return Executed::Replayed(reply).map(restored).transpose();
            }
        }
        let now = admission.now();
        let outcome = command.perform(self, context, now).await?;
        if context.dry_run {
            return Ok(Executed::Checked(outcome));
        }
        let Some(request) = request else { return Ok(Executed::Done(outcome)) };
        let (message, data) = recorded(Some(&outcome));
        let stamp = AuditStamp::new(context.caller.actor.clone(), now);
        match self.record(&request, RecordedReply { message, data, version: None }, &stamp).await? {
            None => Ok(Executed::Done(outcome)),
            Some(first) => Executed::Replayed(first).map(restored).transpose(),
        }
    }

    /// The reply of an earlier request with this key and body.
    async fn known_outcome(&self, request: &KeyedRequest) -> Result<Option<RecordedReply>, Error> {
        let no_client = ClientRef::Key(ClientKey::from_bits(0));
        let loaded = self.store.load(&no_client, Some(&request.key)).await.map_err(Error::of_load)?;
        loaded.outcome.map(|stored| opened(request, stored)).transpose()
    }

    /// Records the reply under its key; the first one, if another request with the same body was earlier.
    pub(super) async fn record(
        &self,
        request: &KeyedRequest,
        reply: RecordedReply,
        stamp: &AuditStamp,
    ) -> Result<Option<RecordedReply>, Error> {
        let attempt = self.keys.event_id();
        let sealed = request.seal(&attempt, &reply.data).ok_or_else(Error::internal)?;
        let outcome = OutcomeRecord {
            request: request.key.clone(),
            fingerprint: request.fingerprint,
            reply: StoredReply { message: reply.message, data: sealed, version: None },
            at: stamp.at,
            attempt: Some(attempt),
            client: None,
        };
        // The command is done by now, whatever the storage says.
        let unknown = |error: StoreError| Error::OutcomeUnknown { cause: error.into_cause() };
        for _ in 0..ATTEMPTS {
            match self.store.commit(Changeset::outcome_only(outcome.clone())).await.map_err(unknown)? {
                Committed::Done => return Ok(None),
                Committed::Replayed(first) => return opened(request, *first).map(Some),
                Committed::KeyReused => return Err(Error::IdempotencyKeyReused),
                // It has read no version; but a store may refuse any commit so, and nothing is written then.
                Committed::Stale => {}
                Committed::ClaimTaken(_) => return Err(Error::internal()),
            }
        }
        Err(Error::OutcomeUnknown { cause: "the store met conflicts in every attempt".to_owned() })
    }
}

fn opened(request: &KeyedRequest, stored: OutcomeRecord) -> Result<RecordedReply, Error> {
    if stored.fingerprint != request.fingerprint {
        return Err(Error::IdempotencyKeyReused);
    }
    let StoredReply { message, data, version } = stored.reply;
    let data = request.open(stored.attempt.as_ref(), data).ok_or_else(Error::internal)?;
    Ok(RecordedReply { message, data, version })
}
