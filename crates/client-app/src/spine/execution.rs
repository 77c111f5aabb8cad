use std::collections::BTreeSet;
use std::ops::ControlFlow;

use client_domain::client::{Change, Decision};
use client_domain::value::ClientKey;
use client_domain::{AuditStamp, ClaimKind, Client};
use serde_json::Value;
use tracing::{Instrument as _, Span, debug_span};

use super::changeset::Record;
use super::confirmation::confirmed;
use super::duplicates::{LookAlikeKeys, Warnings};
use super::plan::{Decide, Plan, Step};
use super::sealing::KeyedRequest;
use crate::clients::Clients;
use crate::error::Error;
use crate::executed::{Decided, Executed, RecordedReply};
use crate::ports::changeset::{Changeset, ClaimToTake, Committed};
use crate::ports::error::StoreError;
use crate::ports::idempotency::{OutcomeRecord, StoredReply};
use crate::ports::outbox::EventId;
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;

/// The maximum number of attempts after version conflicts.
pub(super) const ATTEMPTS: usize = 8;

/// How the reply to a command is made, and the digest that identifies its request under an idempotency key.
///
/// [`Clients::execute`] has its own. An adapter with a wire format stores replies in that format, so that a
/// replay equals the first reply, whichever release sends it.
pub struct Recording<'a> {
    /// The digest of the request. It is called only with an idempotency key.
    pub digest: &'a (dyn Fn() -> RequestDigest + Send + Sync),
    /// The message and the data of the reply.
    pub reply: &'a (dyn Fn(&Decided<'_>) -> (String, Value) + Send + Sync),
}

impl std::fmt::Debug for Recording<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording").finish_non_exhaustive()
    }
}

/// One execution of one command: the values that all its attempts share.
pub(super) struct Execution<'a> {
    pub(super) clients: &'a Clients,
    pub(super) context: &'a RequestContext,
    pub(super) name: &'static str,
    pub(super) stamp: AuditStamp,
    pub(super) event_id: EventId,
    /// The idempotency key with its scope and its body, if there is one.
    pub(super) request: Option<KeyedRequest>,
    recording: &'a Recording<'a>,
}

/// The decision of an attempt: the changeset to commit and the reply to return.
pub(super) struct Draft {
    changeset: Option<Changeset>,
    reply: RecordedReply,
    key: ClientKey,
}

/// The result of one attempt.
pub(super) enum Attempt {
    Ended(Executed<RecordedReply>),
    VersionConflict,
    ClaimTaken(Taken),
}

/// Claims that other clients have.
pub(super) struct Taken {
    wanted: Vec<ClaimToTake>,
    kinds: BTreeSet<ClaimKind>,
    /// The client that wants them.
    client: Box<Client>,
}

impl Taken {
    /// Whether only the former record was taken, which a rejection of the other client frees at any moment.
    pub(super) fn is_former_record(&self) -> bool {
        self.kinds.iter().all(|kind| *kind == ClaimKind::FormerClient)
    }
}

impl Clients {
    /// Executes a planned command: the only path to [`crate::ports::ClientStore::commit`].
    ///
    /// # Errors
    ///
    /// Every [`Error`]; each says whether anything was written.
    pub async fn carry_out(
        &self,
        context: &RequestContext,
        plan: Plan,
        recording: &Recording<'_>,
    ) -> Result<Executed<RecordedReply>, Error> {
        let request = KeyedRequest::of(context, plan.name, recording.digest);
        let execution = Execution {
            clients: self,
            context,
            name: plan.name,
            stamp: AuditStamp::new(context.caller.actor.clone(), plan.now),
            event_id: self.keys.event_id(),
            request,
            recording,
        };
        match &plan.step {
            Step::Create(command) => execution.create(&**command).await,
            // Boxed: it is rare, and its future is much larger than that of the others.
            Step::CreateAgain(command) => Box::pin(execution.onboard_again(&**command)).await,
            Step::Change(command) => execution.change(&**command).await,
        }
    }
}

impl Execution<'_> {
    async fn change(&self, command: &dyn Decide) -> Result<Executed<RecordedReply>, Error> {
        let mut last = None;
        let mut stored = false;
        let mut checked = false;
        for _ in 0..ATTEMPTS {
            let request = self.request.as_ref().map(|request| &request.key);
            let loaded = self.clients.store.load(command.client(), request).await.map_err(Error::of_load)?;
            if let Some(outcome) = loaded.outcome {
                if !self.context.dry_run {
                    return self.recorded_reply(outcome);
                }
                self.check_body(&outcome)?;
            }
            if !checked {
                self.clients.check_directory(command.names()).await?;
                checked = true;
            }
            let client = loaded.client.ok_or_else(|| Error::NotFound(command.client().clone()))?;
            let expected = self.context.expected_version;
            self.clients.require_version(self.name, command, expected)?;
            self.clients.check_version(&client, expected).await?;
            command.check(&client)?;
            last = Some(client.version());
            let facts = self.clients.facts_of_decision(&client, command.needs(), self.stamp.at).await?;
            let decision = match command.decide(&client, &facts, &self.stamp) {
                Ok(decision) => decision,
                Err(refusal) => {
                    let caller = &self.context.caller;
                    let (accounts, at) = (facts.open_accounts, self.stamp.at);
                    return Err(self.clients.refusal(refusal, &client, caller, accounts, at).await);
                }
            };
            let decided = match &decision {
                Decision::Changed(change) => Ok(&**change),
                Decision::Unchanged => Err(&client),
            };
            let draft = match self.draft(Some(&client), decided).await? {
                ControlFlow::Continue(draft) => draft,
                ControlFlow::Break(executed) => return Ok(executed),
            };
            if draft.changeset.is_some() && !self.context.dry_run {
                self.store_attachment(command.attachment(), &mut stored).await?;
            }
            match self.commit(draft, decided.map_or_else(|client| client, |change| &change.client)).await? {
                Attempt::Ended(executed) => return Ok(executed),
                Attempt::VersionConflict => {}
                Attempt::ClaimTaken(taken) => return Err(self.taken(taken).await?),
            }
        }
        Err(Error::Contended { last })
    }

    /// Builds the changeset and the reply; `decided` is the change, or the unchanged client. It breaks off with the first
    /// reply to a creation that is repeated.
    pub(super) async fn draft(
        &self,
        before: Option<&Client>,
        decided: Result<&Change, &Client>,
    ) -> Result<ControlFlow<Executed<RecordedReply>, Draft>, Error> {
        let confirmed = confirmed(self.context, decided);
        let decided = confirmed.as_ref().map_or(decided, Ok);
        let (client, event) = match decided {
            Ok(change) => (&change.client, Some(&change.event)),
            Err(client) => (client, None),
        };
        let key = client.key().clone();
        let mut changeset = decided.ok().map(|change| {
            let record =
                Record { command: self.name, request_id: &self.context.request_id, event_id: &self.event_id };
            Changeset::of(before, change, &record, self.clients.policy)
        });
        let proposed = decided.map(|change| change.proposed.as_slice()).unwrap_or_default();
        let warnings = match (decided, &changeset) {
            (Ok(change), Some(changeset)) => match self.warnings(before, change, &changeset.take).await? {
                ControlFlow::Continue(warnings) => warnings,
                ControlFlow::Break(executed) => return Ok(ControlFlow::Break(executed)),
            },
            _ => Warnings::default(),
        };
        let Warnings { duplicates, look_alikes } = &warnings;
        let (dry_run, stamp) = (self.context.dry_run, &self.stamp);
        let today = self.clients.calendar.day_of(stamp.at);
        let looks_alike = !look_alikes.is_empty();
        let decided = Decided { client, event, proposed, stamp, today, duplicates, looks_alike, dry_run };
        let (message, data) = (self.recording.reply)(&decided);
        let reply = RecordedReply { message, data, version: Some(client.version()).filter(|_| !dry_run) };
        if let Some(request) = self.request.as_ref().filter(|_| !dry_run) {
            let outcome = self.outcome(request, &key, &reply)?;
            match &mut changeset {
                Some(changeset) => changeset.outcome = Some(outcome),
                None => changeset = Some(Changeset::outcome_only(outcome)),
            }
        }
        Ok(ControlFlow::Continue(Draft { changeset, reply, key }))
    }

    /// The outcome to store under the idempotency key.
    fn outcome(
        &self,
        request: &KeyedRequest,
        client: &ClientKey,
        reply: &RecordedReply,
    ) -> Result<OutcomeRecord, Error> {
        let data = request.seal(&self.event_id, &reply.data).ok_or_else(Error::internal)?;
        Ok(OutcomeRecord {
            request: request.key.clone(),
            attempt: Some(self.event_id.clone()),
            fingerprint: request.fingerprint,
            client: Some(client.clone()),
            reply: StoredReply { message: reply.message.clone(), data, version: reply.version },
            at: self.stamp.at,
        })
    }

    /// Commits a draft, which is about this client.
    pub(super) async fn commit(&self, draft: Draft, client: &Client) -> Result<Attempt, Error> {
        let Draft { changeset, reply, key } = draft;
        if self.context.dry_run {
            return Ok(Attempt::Ended(Executed::Checked(reply)));
        }
        let Some(changeset) = changeset else { return Ok(Attempt::Ended(Executed::Done(reply))) };
        let take = changeset.take.clone();
        let span = commit_span(&changeset);
        match self.clients.store.commit(changeset).instrument(span).await {
            Ok(Committed::Done) => Ok(Attempt::Ended(Executed::Done(reply))),
            Ok(Committed::Replayed(outcome)) => self.recorded_reply(*outcome).map(Attempt::Ended),
            Ok(Committed::KeyReused) => Err(Error::IdempotencyKeyReused),
            Ok(Committed::Stale) => Ok(Attempt::VersionConflict),
            Ok(Committed::ClaimTaken(kinds)) => {
                Ok(Attempt::ClaimTaken(Taken { wanted: take, kinds, client: Box::new(client.clone()) }))
            }
            Err(error @ StoreError::TimedOut(_)) => self.resolve_unknown_outcome(&key, error).await,
            Err(error) => Err(Error::of_commit(error)),
        }
    }

    /// The error of a commit that found claims taken, counted against the quota of the caller.
    pub(super) async fn taken(&self, taken: Taken) -> Result<Error, Error> {
        let Taken { wanted, kinds, client } = taken;
        let (at, none) = (self.stamp.at, LookAlikeKeys::new());
        self.clients.record_duplicates(self.context, at, &kinds, &wanted.iter(), &none)?;
        Ok(self.clients.claim_taken(&wanted, kinds, &client, &self.context.caller).await)
    }
}

/// The span of a commit. The id of its event is in the trace of the delivery too.
fn commit_span(changeset: &Changeset) -> Span {
    debug_span!(
        target: trace_context::INNER,
        "commit",
        cloudevents.event_id = changeset.events.first().map(|event| event.id.as_str()),
    )
}
