//! The application as a whole: ports, policy, and every operation by name.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use client_domain::Permission;
use client_domain::kyc::KycPolicy;
use futures_util::future::{join, join3};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::catalogue;
use crate::clock_offset::ClockOffset;
use crate::command::Command;
use crate::contents::{IncomingBytes, OpenedContent};
use crate::nearest::nearest;
use crate::policy::Policy;
use crate::ports::{
    AccountDirectory, BranchDirectory, ClientStore, Clock, ContentLedger, DocumentContents, KeyGenerator,
    NoBranches, NoContents, UnknownAccounts,
};
use crate::spec::{Kind, OperationSpec};
use crate::{
    Caller, Check, CheckName, Code, DuplicateQuota, Failure, Item, Operations, Readiness, Reply,
    RequestContext, StandingCheck, TooManyOrphans, commands, queries, rights,
};

/// The client service without its edges: give it the ports and it answers every [`Operations`] call.
///
/// ```
/// use std::sync::Arc;
///
/// use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
/// use client_app::{Caller, Clients, Operations, RequestContext, RequestId};
/// use client_domain::{Actor, Permissions};
/// use serde_json::json;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let clock = Arc::new(FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap()));
/// let clients = Clients::new(Arc::new(MemoryStore::new()), clock, Arc::new(CountingKeys::default()));
///
/// let maker = Caller::new(Actor::parse("maker-1").unwrap(), Permissions::all());
/// let context = RequestContext::new(maker.clone(), RequestId::parse("r-1").unwrap());
/// let data = json!({
///     "firstName": "Adaeze", "lastName": "Okafor", "emailAddress": "adaeze.okafor@example.com",
///     "phoneNumber": "+234 803 123 4567", "dateOfBirth": "1991-04-23", "gender": "Female",
///     "address": "12 Allen Avenue", "city": "Ikeja", "state": "Lagos", "country": "NG",
///     "identificationType": "International Passport", "identificationNumber": "A01234567",
/// });
/// let reply = clients.command("CreateContactCommand", data.as_object().unwrap().clone(), context).await.unwrap();
/// assert_eq!(reply.data["customerNumber"], "CUST1000001");
///
/// let by_number = json!({ "customerNumber": "CUST1000001" }).as_object().unwrap().clone();
/// let found = clients.query("RetrieveContactByIdQuery", by_number, maker).await.unwrap();
/// assert_eq!(found.data["clientStateDescription"], "Pending Approval");
/// # });
/// ```
#[derive(Clone)]
pub struct Clients {
    pub(crate) store: Arc<dyn ClientStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) keys: Arc<dyn KeyGenerator>,
    pub(crate) accounts: Arc<dyn AccountDirectory>,
    pub(crate) branches: Arc<dyn BranchDirectory>,
    pub(crate) contents: Arc<dyn DocumentContents>,
    pub(crate) ledger: Arc<dyn ContentLedger>,
    pub(crate) policy: Policy,
    pub(crate) duplicate_quota: Arc<DuplicateQuota>,
    pub(crate) kyc_policy: Arc<KycPolicy>,
    pub(crate) clock_offset: Arc<ClockOffset>,
    checks: Vec<Arc<dyn StandingCheck>>,
    /// Why the last round of garbage collection took nothing.
    pub(crate) collection_stopped: Arc<Mutex<Option<TooManyOrphans>>>,
}

impl Clients {
    /// The service on this store, clock and source of keys, with the default policies, no directories, and nowhere
    /// to keep files.
    pub fn new(store: Arc<dyn ClientStore>, clock: Arc<dyn Clock>, keys: Arc<dyn KeyGenerator>) -> Self {
        Self {
            store,
            clock,
            keys,
            accounts: Arc::new(UnknownAccounts),
            branches: Arc::new(NoBranches),
            contents: Arc::new(NoContents),
            ledger: Arc::new(NoContents),
            policy: Policy::default(),
            duplicate_quota: Arc::default(),
            kyc_policy: Arc::default(),
            clock_offset: Arc::default(),
            checks: Vec::new(),
            collection_stopped: Arc::default(),
        }
    }

    /// Asks this directory for open accounts.
    #[must_use]
    pub fn with_accounts(mut self, accounts: Arc<dyn AccountDirectory>) -> Self {
        self.accounts = accounts;
        self
    }

    /// Asks this directory for the names of branches and officers.
    #[must_use]
    pub fn with_branches(mut self, branches: Arc<dyn BranchDirectory>) -> Self {
        self.branches = branches;
        self
    }

    /// Stores the files of documents here; the ledger lies in the storage of the clients.
    #[must_use]
    pub fn with_contents(
        mut self,
        contents: Arc<dyn DocumentContents>,
        ledger: Arc<dyn ContentLedger>,
    ) -> Self {
        self.contents = contents;
        self.ledger = ledger;
        self
    }

    /// Demands these papers of clients.
    #[must_use]
    pub fn with_kyc_policy(mut self, policy: KycPolicy) -> Self {
        self.kyc_policy = Arc::new(policy);
        self
    }

    /// Answers this check as a part of [`Operations::ready`].
    #[must_use]
    pub fn with_check(mut self, check: Arc<dyn StandingCheck>) -> Self {
        self.checks.push(check);
        self
    }

    /// Bounds how often a caller meets duplicates; without it they are logged and not bounded.
    #[must_use]
    pub fn with_duplicate_quota(mut self, quota: DuplicateQuota) -> Self {
        self.duplicate_quota = Arc::new(quota);
        self
    }

    /// Follows this policy.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }
}

impl std::fmt::Debug for Clients {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clients")
            .field("policy", &self.policy)
            .field("kyc_policy", &self.kyc_policy)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Operations for Clients {
    fn known_name(&self, name: &str) -> Option<&'static str> {
        catalogue::find(name).map(|spec| spec.name)
    }

    async fn command(
        &self,
        name: &str,
        data: Map<String, Value>,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        let spec = specified(name, Kind::Command)?;
        permit_all(&context.caller, rights::needed(spec, context.dry_run))?;
        let caller = context.caller.clone();
        self.clock_offset.permit_command()?;
        let now = self.clock.now();
        let mut reply = match self.parsed(spec, &data, now, &context.caller).await {
            Ok(command) => self.execute(command, &data, now, context).await?,
            // What cannot be read today may have been done under other settings.
            Err(failure) => self.done_before(spec.name, &data, &context).await?.ok_or(failure)?,
        };
        rights::conceal(spec.name, &mut reply.data, &caller);
        Ok(reply)
    }

    async fn query(&self, name: &str, data: Map<String, Value>, caller: Caller) -> Result<Reply, Failure> {
        let spec = specified(name, Kind::Query)?;
        permit(&caller, spec.permission)?;
        let mut reply = queries::answer(self, spec, &data, &caller).await?;
        rights::conceal(spec.name, &mut reply.data, &caller);
        Ok(reply)
    }

    async fn document_content(&self, document: &str, caller: Caller) -> Result<OpenedContent, Failure> {
        self.open_document(document, &caller).await
    }

    async fn replace_document_content(
        &self,
        document: &str,
        bytes: IncomingBytes,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        let spec = &commands::replace_content::SPEC;
        permit_all(&context.caller, rights::needed(spec, context.dry_run))?;
        self.clock_offset.permit_command()?;
        let caller = context.caller.clone();
        let mut reply = self.replace_document(document, bytes, context).await?;
        rights::conceal(spec.name, &mut reply.data, &caller);
        Ok(reply)
    }

    async fn ready(&self) -> Readiness {
        let contents = join(self.contents.ready(), self.contents.writable());
        let (store, (contents, uploads), schema) =
            join3(self.store.ready(), contents, self.store.schema()).await;
        let mut checks = vec![
            Check::of(CheckName::Reads, store.reads, "The storage does not answer: nothing can be read."),
            Check::of(
                CheckName::Commands,
                store.commands,
                "The storage commits nothing: commands are refused.",
            ),
            self.contents_check(contents),
            Check::of(
                CheckName::Uploads,
                uploads,
                "Files of documents cannot be stored: uploads are refused.",
            ),
        ];
        checks.push(self.clock_offset.check());
        // Where the schema cannot be asked for, `reads` says why.
        checks.extend(schema.ok().map(|state| Check::new(CheckName::Schema, state)));
        checks.extend(self.checks.iter().map(|standing| standing.check()));
        Readiness::new(checks)
    }
}

impl Clients {
    /// The command that a body holds, which names nothing that a directory does not know.
    async fn parsed(
        &self,
        spec: &'static OperationSpec,
        data: &Map<String, Value>,
        now: Timestamp,
        caller: &Caller,
    ) -> Result<Command, Failure> {
        let command = commands::parse(self, spec, data, now, caller)?;
        self.check_names(&command).await?;
        Ok(command)
    }
}

fn specified(name: &str, kind: Kind) -> Result<&'static OperationSpec, Failure> {
    let (wanted, other) = match kind {
        Kind::Command => ("command", "query"),
        Kind::Query => ("query", "command"),
    };
    let item = match catalogue::find(name) {
        Some(spec) if spec.kind == kind => return Ok(spec),
        Some(_) => {
            Item::new(Code::WrongEndpoint, format!("This is a {other}, and it was sent as a {wanted}."))
        }
        None => unknown_operation(name, wanted, kind),
    };
    Err(Failure::of(item.field(format!("{wanted}Name"))))
}

/// There is no such operation, but perhaps one with nearly this name.
fn unknown_operation(name: &str, wanted: &str, kind: Kind) -> Item {
    let names = catalogue::OPERATIONS.iter().filter(|spec| spec.kind == kind).map(|spec| spec.name);
    let message = format!("There is no {wanted} of this name.");
    match nearest(name, names.clone()) {
        Some(meant) => Item::new(Code::UnknownOperation, format!("{message} Did you mean {meant}?"))
            .detail("choices", vec![meant])
            .detail("nearest", meant),
        None => Item::new(Code::UnknownOperation, message).detail("choices", names.collect::<Vec<_>>()),
    }
}

/// Refuses a caller who lacks one of these permissions, and names every one that is missing.
pub(crate) fn permit_all(caller: &Caller, needed: impl Iterator<Item = Permission>) -> Result<(), Failure> {
    let items: Vec<_> =
        needed.filter_map(|permission| permit(caller, permission).err()).flat_map(|one| one.items).collect();
    if items.is_empty() { Ok(()) } else { Err(Failure::invalid(items)) }
}

pub(crate) fn permit(caller: &Caller, permission: Permission) -> Result<(), Failure> {
    if caller.may(permission) {
        return Ok(());
    }
    let message = format!("This needs the permission {}.", permission.name());
    Err(Failure::of(Item::new(Code::PermissionMissing, message).detail("permission", permission.name())))
}
