use std::collections::BTreeSet;

use client_domain::client::{Change, Decision};
use client_domain::lifecycle::{Facts, OpenAccounts};
use client_domain::value::{ClientId, ClientKey};
use client_domain::{AuditStamp, Client};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::changeset::Record;
use super::duplicates::duplicates_refused;
use super::plan::{Attachment, Decide, Onboard, Plan, Step};
use super::sealing::KeyedRequest;
use crate::clients::Clients;
use crate::error::Error;
use crate::executed::{Decided, Executed, RecordedReply};
use crate::policy::OnDuplicate;
use crate::ports::changeset::{Changeset, Committed};
use crate::ports::error::StoreError;
use crate::ports::idempotency::{OutcomeRecord, StoredReply};
use crate::ports::outbox::EventId;
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;

/// The maximum number of attempts after version conflicts.
const ATTEMPTS: usize = 8;

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
struct Draft {
    changeset: Option<Changeset>,
    reply: RecordedReply,
    key: ClientKey,
}

/// The result of one attempt.
pub(super) enum Attempt {
    Ended(Executed<RecordedReply>),
    VersionConflict,
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
            Step::Create(command) => execution.create(&**command, &plan.step).await,
            Step::Change(command) => execution.change(&**command, &plan.step).await,
        }
    }
}

impl Execution<'_> {
    async fn create(&self, command: &dyn Onboard, step: &Step) -> Result<Executed<RecordedReply>, Error> {
        if let Err(error) = self.clients.check_names(step).await {
            // A repeated creation gets its first reply, whatever the directory contains today. Another request under the
            // same key is told what is wrong with it.
            let recorded = self.recorded(&ClientKey::from_bits(0)).await?.filter(|_| !self.context.dry_run);
            let repeated = recorded.filter(|outcome| self.check_body(outcome).is_ok());
            return repeated.map_or(Err(error), |outcome| self.recorded_reply(outcome));
        }
        if self.context.expected_version.is_some() {
            return Err(Error::VersionNotApplicable);
        }
        let key = self.clients.keys.client_key();
        let id = if self.context.dry_run {
            if let Some(outcome) = self.recorded(&key).await? {
                self.check_body(&outcome)?;
            }
            // Reserving a number uses it up, and a dry run uses up nothing, so its answer contains no number.
            ClientId::new(1).map_err(|_| Error::internal())?
        } else {
            self.clients.store.reserve_id().await.map_err(Error::of_load)?
        };
        let change = Client::onboard(command.application(key.clone(), id), &self.stamp);
        let draft = match self.draft(None, Ok(&change)).await? {
            Ok(draft) => draft,
            Err(replayed) => return Ok(replayed),
        };
        match self.commit(draft).await? {
            Attempt::Ended(executed) => Ok(executed),
            Attempt::VersionConflict => Err(Error::internal()),
        }
    }

    async fn change(&self, command: &dyn Decide, step: &Step) -> Result<Executed<RecordedReply>, Error> {
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
                self.clients.check_names(step).await?;
                checked = true;
            }
            let client = loaded.client.ok_or_else(|| Error::NotFound(command.client().clone()))?;
            let expected = self.context.expected_version;
            self.clients.require_version(self.name, command, expected)?;
            self.clients.check_version(&client, expected).await?;
            last = Some(client.version());
            let facts = self.facts(command, &client).await?;
            let decision = match command.decide(&client, &facts, &self.stamp) {
                Ok(decision) => decision,
                Err(refusal) => {
                    let caller = &self.context.caller;
                    return Err(self.clients.refusal(refusal, &client, caller, self.stamp.at).await);
                }
            };
            let decided = match &decision {
                Decision::Changed(change) => Ok(&**change),
                Decision::Unchanged => Err(&client),
            };
            let draft = match self.draft(Some(&client), decided).await? {
                Ok(draft) => draft,
                Err(replayed) => return Ok(replayed),
            };
            if draft.changeset.is_some() && !self.context.dry_run {
                self.store_attachment(command.attachment(), &mut stored).await?;
            }
            if let Attempt::Ended(executed) = self.commit(draft).await? {
                return Ok(executed);
            }
        }
        Err(Error::Contended { last })
    }

    /// Builds the changeset and the reply; `decided` is the change, or the unchanged client. The inner error
    /// is the replay of an earlier creation.
    async fn draft(
        &self,
        before: Option<&Client>,
        decided: Result<&Change, &Client>,
    ) -> Result<Result<Draft, Executed<RecordedReply>>, Error> {
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
        let mut duplicates = BTreeSet::new();
        if let Some(changeset) = &changeset {
            // A caller at the quota must not learn whether there is a duplicate.
            let quota = if self.clients.looks_for_duplicates(&changeset.take) {
                self.clients.duplicate_quota.check(&self.context.caller, self.stamp.at)
            } else {
                Ok(())
            };
            if quota.is_ok() {
                duplicates = self.clients.duplicates(&changeset.take, OnDuplicate::Warn, &key).await?;
            }
            // A repeated creation finds its own client as the duplicate.
            if (quota.is_err() || !duplicates.is_empty())
                && before.is_none()
                && let Some(replayed) = self.replay(&key).await?
            {
                return Ok(Err(replayed));
            }
            quota?;
            if !duplicates.is_empty() {
                self.clients.record_duplicates(self.context, self.stamp.at, &duplicates)?;
            }
            if self.context.dry_run {
                let refused = self.clients.duplicates(&changeset.take, OnDuplicate::Refuse, &key).await?;
                if !refused.is_empty() {
                    self.clients.record_duplicates(self.context, self.stamp.at, &refused)?;
                    return Err(duplicates_refused(refused));
                }
            }
        }
        let dry_run = self.context.dry_run;
        let stamp = &self.stamp;
        let decided = Decided { client, event, stamp, duplicates: &duplicates, dry_run };
        let (message, data) = (self.recording.reply)(&decided);
        let reply = RecordedReply { message, data, version: Some(client.version()).filter(|_| !dry_run) };
        if let Some(request) = self.request.as_ref().filter(|_| !dry_run) {
            let outcome = self.outcome(request, &key, &reply)?;
            match &mut changeset {
                Some(changeset) => changeset.outcome = Some(outcome),
                None => changeset = Some(Changeset::outcome_only(outcome)),
            }
        }
        Ok(Ok(Draft { changeset, reply, key }))
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

    /// Stores the file of a command once, before the commit, so that no document names a missing file. If the
    /// commit fails, the file is an orphan for the garbage collection.
    async fn store_attachment(&self, attachment: Option<Attachment>, stored: &mut bool) -> Result<(), Error> {
        let Some(attachment) = attachment.filter(|_| !*stored) else { return Ok(()) };
        let bytes = stream::iter([Ok(attachment.bytes)]).boxed();
        let put = self.clients.store_content(&attachment.key, bytes, self.stamp.at).await;
        put.map_err(Error::of_load)?;
        *stored = true;
        Ok(())
    }

    async fn commit(&self, draft: Draft) -> Result<Attempt, Error> {
        let Draft { changeset, reply, key } = draft;
        if self.context.dry_run {
            return Ok(Attempt::Ended(Executed::Checked(reply)));
        }
        let Some(changeset) = changeset else { return Ok(Attempt::Ended(Executed::Done(reply))) };
        let take = changeset.take.clone();
        match self.clients.store.commit(changeset).await {
            Ok(Committed::Done) => Ok(Attempt::Ended(Executed::Done(reply))),
            Ok(Committed::Replayed(outcome)) => self.recorded_reply(*outcome).map(Attempt::Ended),
            Ok(Committed::KeyReused) => Err(Error::IdempotencyKeyReused),
            Ok(Committed::Stale) => Ok(Attempt::VersionConflict),
            Ok(Committed::ClaimTaken(kinds)) => {
                self.clients.record_duplicates(self.context, self.stamp.at, &kinds)?;
                Err(self.clients.claim_taken(&take, kinds, &key).await)
            }
            Err(error @ StoreError::TimedOut(_)) => self.resolve_unknown_outcome(&key, error).await,
            Err(error) => Err(Error::of_commit(error)),
        }
    }

    async fn facts(&self, command: &dyn Decide, client: &Client) -> Result<Facts, Error> {
        let open_accounts = if command.needs_accounts() {
            self.clients.accounts.open_accounts(client.key()).await.map_err(Error::of_load)?
        } else {
            OpenAccounts::Unknown
        };
        Ok(self.clients.facts(client, open_accounts, self.stamp.at))
    }
}
