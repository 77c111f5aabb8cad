mod recorded;

use std::collections::BTreeSet;

use client_domain::client::{Change, Decision};
use client_domain::lifecycle::{Facts, OpenAccounts};
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Client, Stamp};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use serde_json::{Map, Value};

use self::recorded::key_reused;
use super::changeset::Record;
use super::duplicates::{duplicates_refused, warnings};
use super::sealing::KeyedRequest;
use super::{Attachment, ClientCommand, Command, Onboarding, not_found};
use crate::failure::{During, unanswered};
use crate::policy::OnDuplicate;
use crate::ports::{Changeset, Committed, EventId, OutcomeRecord, RequestKey, StoreError, StoredReply};
use crate::{Clients, Code, Failure, Item, Outcome, Reply, RequestContext};

/// How often a command is decided anew because somebody else wrote the client meanwhile.
const ATTEMPTS: usize = 8;

/// One execution of one command: what stays the same however often it is tried.
struct Execution<'a> {
    clients: &'a Clients,
    context: &'a RequestContext,
    stamp: Stamp,
    event_id: EventId,
    /// The idempotency key with its scope and its body, if there is one.
    request: Option<KeyedRequest>,
}

/// What was decided: what is to be written, and what is to be answered.
struct Draft {
    changeset: Option<Changeset>,
    reply: Reply,
    key: ClientKey,
}

/// How one attempt ended.
enum Attempt {
    Done(Reply),
    SomebodyWasFaster,
}

impl Clients {
    /// Executes a parsed command: the only path to [`crate::ports::ClientStore::commit`].
    pub(crate) async fn execute(
        &self,
        command: Command,
        data: &Map<String, Value>,
        now: Timestamp,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        let name = match &command {
            Command::New(command) => command.spec().name,
            Command::Existing(command) => command.spec().name,
        };
        let actor = context.caller.actor.clone();
        let request = context.idempotency_key.clone().map(|key| {
            let key = RequestKey { actor: actor.id.clone(), command: name.to_owned(), key };
            KeyedRequest::new(key, data)
        });
        let event_id = self.keys.event_id();
        let execution =
            Execution { clients: self, context: &context, stamp: Stamp::new(actor, now), event_id, request };
        match command {
            Command::New(command) => execution.onboard(&*command).await,
            Command::Existing(command) => execution.change(&*command).await,
        }
    }
}

impl Execution<'_> {
    async fn onboard(&self, command: &dyn Onboarding) -> Result<Reply, Failure> {
        if self.context.if_match.is_some() {
            let item =
                Item::new(Code::HeaderNotApplicable, "A client that is yet to be made has no version.");
            return Err(Failure::of(item.field("If-Match")));
        }
        let key = self.clients.keys.client_key();
        let id = if self.context.dry_run {
            if let Some(outcome) = self.recorded(&key).await? {
                self.check_body(&outcome)?;
            }
            // A number is used up by being reserved, and a dry run uses up nothing; its answer names none.
            ClientId::new(1).map_err(|_| internal())?
        } else {
            self.clients.store.reserve_id().await.map_err(|error| unanswered(&error, During::Load))?
        };
        let change = Client::onboard(command.application(key.clone(), id), &self.stamp);
        let mut reply = command.reply(&change.client);
        self.forget_unfounded(&mut reply.1, &["contactEncodedKey", "id", "customerNumber"]);
        let draft = self.draft(command.spec().name, None, Ok(&change), reply).await?;
        match self.commit(draft).await? {
            Attempt::Done(reply) => Ok(reply),
            Attempt::SomebodyWasFaster => Err(internal()),
        }
    }

    async fn change(&self, command: &dyn ClientCommand) -> Result<Reply, Failure> {
        let mut seen = None;
        let mut kept = false;
        for _ in 0..ATTEMPTS {
            let request = self.request.as_ref().map(|request| &request.key);
            let loaded = self.clients.store.load(command.client(), request).await;
            let loaded = loaded.map_err(|error| unanswered(&error, During::Load))?;
            if let Some(outcome) = loaded.outcome {
                if !self.context.dry_run {
                    return self.answered_before(outcome);
                }
                self.check_body(&outcome)?;
            }
            let client = loaded.client.ok_or_else(|| not_found(command.client()))?;
            self.clients.demand_version(command, self.context.if_match)?;
            self.clients.check_version(&client, self.context.if_match).await?;
            seen = Some(client.version().get());
            let facts = self.facts(command, &client).await?;
            let decision = match command.decide(&client, &facts, &self.stamp) {
                Ok(decision) => decision,
                Err(refusal) => {
                    let caller = &self.context.caller;
                    return Err(self.clients.refusal(&refusal, &client, caller, self.stamp.at).await);
                }
            };
            let name = command.spec().name;
            let draft = match &decision {
                Decision::Changed(change) => {
                    let mut reply = command.reply(&change.client, Some(&change.event), &self.stamp);
                    self.forget_unfounded(&mut reply.1, command.fresh());
                    self.draft(name, Some(&client), Ok(change), reply).await?
                }
                Decision::Unchanged => {
                    let mut reply = command.reply(&client, None, &self.stamp);
                    self.forget_unfounded(&mut reply.1, command.fresh());
                    self.draft(name, Some(&client), Err(&client), reply).await?
                }
            };
            if draft.changeset.is_some() && !self.context.dry_run {
                self.keep(command.attachment(), &mut kept).await?;
            }
            if let Attempt::Done(reply) = self.commit(draft).await? {
                return Ok(reply);
            }
        }
        let item = Item::new(
            Code::StaleVersion,
            "Others kept changing the client while this command was tried; nothing was written.",
        );
        Err(Failure::of(item.detail("currentVersion", seen).detail("changedFields", Vec::<String>::new())))
    }

    /// Puts together what is written and what is answered; `decided` is the change, or the client that stays.
    async fn draft(
        &self,
        command: &'static str,
        before: Option<&Client>,
        decided: Result<&Change, &Client>,
        (message, mut data): (String, Map<String, Value>),
    ) -> Result<Draft, Failure> {
        let client = match decided {
            Ok(change) => &change.client,
            Err(client) => client,
        };
        let key = client.key().clone();
        let mut changeset = decided.ok().map(|change| {
            let record = Record { command, request_id: &self.context.request_id, event_id: &self.event_id };
            Changeset::of(before, change, &record, self.clients.policy)
        });
        if let Some(changeset) = &changeset {
            // A caller who has used up the quota is told nothing, be there a duplicate or not.
            let quota = if self.clients.looks_for_duplicates(&changeset.take) {
                self.clients.duplicate_quota.check(&self.context.caller, self.stamp.at)
            } else {
                Ok(())
            };
            let warned = match quota {
                Ok(()) => self.clients.duplicates(&changeset.take, OnDuplicate::Warn, &key).await?,
                Err(_) => BTreeSet::new(),
            };
            // A creation that was done before meets no other client than its own.
            if (quota.is_err() || !warned.is_empty())
                && let Some(reply) = self.replay(before, &key).await?
            {
                return Ok(Draft { changeset: None, reply, key });
            }
            quota?;
            if !warned.is_empty() {
                self.clients.note_duplicates(self.context, self.stamp.at, &warned)?;
                data.insert("warnings".to_owned(), warnings(&warned).into());
            }
            if self.context.dry_run {
                let refused = self.clients.duplicates(&changeset.take, OnDuplicate::Refuse, &key).await?;
                if !refused.is_empty() {
                    self.clients.note_duplicates(self.context, self.stamp.at, &refused)?;
                    return Err(duplicates_refused(&refused));
                }
            }
        }
        let version = Some(client.version()).filter(|_| !self.context.dry_run);
        let reply = Reply { message, data: Value::Object(data), version, outcome: Outcome::Done };
        if let Some(request) = self.request.as_ref().filter(|_| !self.context.dry_run) {
            let outcome = self.outcome(request, &key, &reply)?;
            match &mut changeset {
                Some(changeset) => changeset.outcome = Some(outcome),
                None => changeset = Some(Changeset::outcome_only(outcome)),
            }
        }
        Ok(Draft { changeset, reply, key })
    }

    /// What is stored under the idempotency key.
    fn outcome(
        &self,
        request: &KeyedRequest,
        client: &ClientKey,
        reply: &Reply,
    ) -> Result<OutcomeRecord, Failure> {
        let data = request.seal(&self.event_id, &reply.data).ok_or_else(internal)?;
        Ok(OutcomeRecord {
            request: request.key.clone(),
            attempt: Some(self.event_id.clone()),
            fingerprint: request.fingerprint,
            client: Some(client.clone()),
            reply: StoredReply { message: reply.message.clone(), data, version: reply.version },
            at: self.stamp.at,
        })
    }

    /// The answer of a dry run says so, and does not name a version, a client or a paper that nobody will find.
    fn forget_unfounded(&self, data: &mut Map<String, Value>, fresh: &[&str]) {
        if !self.context.dry_run {
            return;
        }
        for name in fresh.iter().chain(&["version"]) {
            if let Some(value) = data.get_mut(*name) {
                *value = Value::Null;
            }
        }
        data.insert("dryRun".to_owned(), true.into());
    }

    /// Stores the file that goes with a command, once: before the commit that names it, so that no document names a
    /// file that is not there. A file whose commit fails is an orphan, and left to garbage collection.
    async fn keep(&self, attachment: Option<Attachment>, kept: &mut bool) -> Result<(), Failure> {
        let Some(attachment) = attachment.filter(|_| !*kept) else { return Ok(()) };
        let bytes = stream::iter([Ok(attachment.bytes)]).boxed();
        let stored = self.clients.store_content(&attachment.key, bytes, self.stamp.at).await;
        stored.map_err(|error| unanswered(&error, During::Load))?;
        *kept = true;
        Ok(())
    }

    async fn commit(&self, draft: Draft) -> Result<Attempt, Failure> {
        let Some(changeset) = draft.changeset.filter(|_| !self.context.dry_run) else {
            return Ok(Attempt::Done(draft.reply));
        };
        let take = changeset.take.clone();
        match self.clients.store.commit(changeset).await {
            Ok(Committed::Done) => Ok(Attempt::Done(draft.reply)),
            Ok(Committed::Replayed(outcome)) => self.answered_before(*outcome).map(Attempt::Done),
            Ok(Committed::KeyReused) => Err(key_reused()),
            Ok(Committed::Stale) => Ok(Attempt::SomebodyWasFaster),
            Ok(Committed::ClaimTaken(kinds)) => {
                self.clients.note_duplicates(self.context, self.stamp.at, &kinds)?;
                Err(self.clients.claim_taken(&take, kinds, &draft.key).await)
            }
            Err(error @ StoreError::TimedOut(_)) => self.look_up(&draft.key, &error).await,
            Err(error) => Err(unanswered(&error, During::Commit)),
        }
    }

    async fn facts(&self, command: &dyn ClientCommand, client: &Client) -> Result<Facts, Failure> {
        let open_accounts = if command.needs_accounts() {
            let answer = self.clients.accounts.open_accounts(client.key()).await;
            answer.map_err(|error| unanswered(&error, During::Load))?
        } else {
            OpenAccounts::Unknown
        };
        Ok(self.clients.facts(client, open_accounts, self.stamp.at))
    }
}

/// Something that cannot be.
pub(crate) fn internal() -> Failure {
    Failure::of(Item::new(Code::Internal, "Something happened that should not have."))
}
