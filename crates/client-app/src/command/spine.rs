use client_domain::client::{Change, Decision};
use client_domain::lifecycle::{Facts, OpenAccounts};
use client_domain::value::{ClientId, ClientKey, Version};
use client_domain::{Client, Stamp};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::changeset::Record;
use super::{ClientCommand, Command, Onboarding};
use crate::failure::{During, refused, unanswered};
use crate::ports::{
    Changeset, ClientRef, Committed, EventId, Fingerprint, HistoryPage, OutcomeRecord, RequestKey, StoreError,
};
use crate::{Clients, Code, Failure, Item, Reply, RequestContext};

/// How often a command is decided anew because somebody else wrote the client meanwhile.
const ATTEMPTS: usize = 8;

/// One execution of one command: what stays the same however often it is tried.
struct Execution<'a> {
    clients: &'a Clients,
    context: &'a RequestContext,
    stamp: Stamp,
    event_id: EventId,
    /// The idempotency key with its scope, and the fingerprint of the body.
    request: Option<(RequestKey, Fingerprint)>,
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
        // A dry run leaves nothing behind, so it neither answers from a key nor uses one up.
        let key = context.idempotency_key.clone().filter(|_| !context.dry_run);
        let actor = context.caller.actor.clone();
        let request = key.map(|key| {
            let request = RequestKey { actor: actor.id.clone(), command: name.to_owned(), key };
            (request, Fingerprint::of(data))
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
        let id = if self.context.dry_run {
            // A number is used up by being reserved, and a dry run uses up nothing; its answer names none.
            ClientId::new(1).map_err(|_| internal())?
        } else {
            self.clients.store.reserve_id().await.map_err(|error| unanswered(&error, During::Load))?
        };
        let key = self.clients.keys.client_key();
        let change = Client::onboard(command.application(key.clone(), id), &self.stamp);
        let reply = command.reply(&change.client);
        let draft = self.draft(command.spec().name, None, Ok(&change), reply).await?;
        match self.commit(draft).await? {
            Attempt::Done(reply) => Ok(reply),
            Attempt::SomebodyWasFaster => Err(internal()),
        }
    }

    async fn change(&self, command: &dyn ClientCommand) -> Result<Reply, Failure> {
        for _ in 0..ATTEMPTS {
            let request = self.request.as_ref().map(|(request, _)| request);
            let loaded = self.clients.store.load(command.client(), request).await;
            let loaded = loaded.map_err(|error| unanswered(&error, During::Load))?;
            if let Some(outcome) = loaded.outcome {
                return self.replay(outcome);
            }
            let client = loaded.client.ok_or_else(|| not_found(command.client()))?;
            self.check_version(&client).await?;
            let facts = self.facts(command, &client).await?;
            let decision =
                command.decide(&client, &facts, &self.stamp).map_err(|refusal| refused(&refusal))?;
            let name = command.spec().name;
            let draft = match &decision {
                Decision::Changed(change) => {
                    let reply = command.reply(&change.client, Some(&change.event), &self.stamp);
                    self.draft(name, Some(&client), Ok(change), reply).await?
                }
                Decision::Unchanged => {
                    let reply = command.reply(&client, None, &self.stamp);
                    self.draft(name, Some(&client), Err(&client), reply).await?
                }
            };
            if let Attempt::Done(reply) = self.commit(draft).await? {
                return Ok(reply);
            }
        }
        Err(Failure::of(Item::new(
            Code::StaleVersion,
            "Others kept changing the client while this command was tried; nothing was written.",
        )))
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
            let warnings = self.clients.duplicate_warnings(changeset, &key).await?;
            if !warnings.is_empty() {
                data.insert("warnings".to_owned(), warnings.into());
            }
            if self.context.dry_run {
                self.clients.refuse_duplicates(changeset, &key).await?;
            }
        }
        let mut version = Some(client.version());
        if self.context.dry_run {
            forget_what_does_not_exist(before, &mut data, &mut version);
        }
        let reply = Reply { message, data: Value::Object(data), version, replayed: false };
        if let Some((request, fingerprint)) = &self.request {
            let outcome = OutcomeRecord {
                request: request.clone(),
                fingerprint: *fingerprint,
                reply: reply.clone(),
                at: self.stamp.at,
            };
            match &mut changeset {
                Some(changeset) => changeset.outcome = Some(outcome),
                None => changeset = Some(Changeset::outcome_only(outcome)),
            }
        }
        Ok(Draft { changeset, reply, key })
    }

    async fn commit(&self, draft: Draft) -> Result<Attempt, Failure> {
        let Some(changeset) = draft.changeset.filter(|_| !self.context.dry_run) else {
            return Ok(Attempt::Done(draft.reply));
        };
        let take = changeset.take.clone();
        match self.clients.store.commit(changeset).await {
            Ok(Committed::Done) => Ok(Attempt::Done(draft.reply)),
            Ok(Committed::Replayed(reply)) => Ok(Attempt::Done(Reply { replayed: true, ..*reply })),
            Ok(Committed::KeyReused) => Err(key_reused()),
            Ok(Committed::Stale) => Ok(Attempt::SomebodyWasFaster),
            Ok(Committed::ClaimTaken(kinds)) => Err(self.clients.claim_taken(&take, kinds, &draft.key).await),
            Err(error @ StoreError::TimedOut(_)) => self.look_up(&draft.key, &error).await,
            Err(error) => Err(unanswered(&error, During::Commit)),
        }
    }

    /// The storage did not say how the commit ended: the idempotency record does, if it is there by now.
    async fn look_up(&self, key: &ClientKey, error: &StoreError) -> Result<Attempt, Failure> {
        let unknown = unanswered(error, During::Commit);
        let Some((request, _)) = &self.request else {
            return Err(unknown);
        };
        match self.clients.store.load(&ClientRef::Key(key.clone()), Some(request)).await {
            Ok(loaded) => match loaded.outcome {
                Some(outcome) => self.replay(outcome).map(Attempt::Done),
                // It may still be on its way, so that it is not there does not say that it never will be.
                None => Err(unknown),
            },
            Err(_) => Err(unknown),
        }
    }

    fn replay(&self, outcome: OutcomeRecord) -> Result<Reply, Failure> {
        let same_body =
            self.request.as_ref().is_some_and(|(_, fingerprint)| *fingerprint == outcome.fingerprint);
        if same_body { Ok(Reply { replayed: true, ..outcome.reply }) } else { Err(key_reused()) }
    }

    /// Refuses a command that was decided on an older version, and says what has changed since.
    async fn check_version(&self, client: &Client) -> Result<(), Failure> {
        let Some(seen) = self.context.if_match.filter(|seen| *seen != client.version()) else {
            return Ok(());
        };
        let changed = self.changed_since(client, seen).await?;
        let item = Item::new(Code::StaleVersion, "The client is no longer at the version of If-Match.")
            .field("If-Match")
            .detail("currentVersion", client.version().get())
            .detail("changedFields", changed);
        Err(Failure::of(item))
    }

    /// The names of the fields that have changed since a version; none for a version that never was.
    async fn changed_since(&self, client: &Client, seen: Version) -> Result<Vec<&'static str>, Failure> {
        let page = HistoryPage { before: None, after: Some(seen), limit: 1_000 };
        let lines = self.clients.store.history(client.key(), page).await;
        let lines = lines.map_err(|error| unanswered(&error, During::Load))?;
        let mut names: Vec<_> =
            lines.iter().flat_map(|line| &line.event.changed).map(|field| field.name()).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    async fn facts(&self, command: &dyn ClientCommand, client: &Client) -> Result<Facts, Failure> {
        let open_accounts = if command.needs_accounts() {
            let answer = self.clients.accounts.open_accounts(client.key()).await;
            answer.map_err(|error| unanswered(&error, During::Load))?
        } else {
            OpenAccounts::Unknown
        };
        Ok(self.clients.facts(open_accounts))
    }
}

impl Clients {
    /// The facts that the policy and the directories know.
    pub(crate) fn facts(&self, open_accounts: OpenAccounts) -> Facts {
        Facts {
            four_eyes: self.policy.four_eyes,
            approval_needs_request: self.policy.approval_needs_request,
            open_accounts,
        }
    }
}

/// The answer of a dry run says so, and does not name a client or a version that nobody will find.
fn forget_what_does_not_exist(
    before: Option<&Client>,
    data: &mut Map<String, Value>,
    version: &mut Option<Version>,
) {
    data.insert("dryRun".to_owned(), true.into());
    *version = before.map(Client::version);
    if before.is_none() {
        for name in ["contactEncodedKey", "id", "customerNumber"] {
            data.insert(name.to_owned(), Value::Null);
        }
    }
}

fn key_reused() -> Failure {
    let item = Item::new(Code::IdempotencyKeyReused, "This Idempotency-Key was used for another body.");
    Failure::of(item.field("Idempotency-Key"))
}

fn internal() -> Failure {
    Failure::of(Item::new(Code::Internal, "Something happened that should not have."))
}

/// There is no such client; what the caller named is repeated by nobody.
pub(crate) fn not_found(client: &ClientRef) -> Failure {
    let item = match client {
        ClientRef::Key(_) => {
            Item::new(Code::ClientNotFound, "No client has this key.").field("contactEncodedKey")
        }
        ClientRef::Id(_) => {
            Item::new(Code::ClientNotFound, "No client has this number.").field("contactEncodedKey")
        }
    };
    Failure::of(item)
}
