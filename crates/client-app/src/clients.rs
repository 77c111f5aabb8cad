//! The application: its ports and policies.

use std::sync::{Arc, Mutex};

use client_domain::BankCalendar;
use client_domain::kyc::KycPolicy;
use client_domain::value::{DigitsOnly, NumberingPlan};

use crate::back_office::BackOffice;
use crate::batch_office::BatchOffice;
use crate::clock_offset::ClockOffset;
use crate::count_cache::CountCache;
use crate::duplicate_quota::DuplicateQuota;
use crate::error::Error;
use crate::export_office::ExportOffice;
use crate::garbage_round::TooManyOrphans;
use crate::policy::Policy;
use crate::policy_in_force::PolicyInForce;
use crate::ports::accounts::{AccountDirectory, UnknownAccounts};
use crate::ports::branches::{BranchDirectory, NoBranches};
use crate::ports::clock::Clock;
use crate::ports::contents::{DocumentContents, NoContents};
use crate::ports::keys::KeyGenerator;
use crate::ports::ledger::ContentLedger;
use crate::ports::replicas::{LogPosition, Replicas};
use crate::ports::store::ClientStore;
use crate::read_source::ReadSource;
use crate::readiness::StandingCheck;

/// The client service without adapters: it executes commands and answers queries on the given ports.
///
/// ```
/// use std::sync::Arc;
///
/// use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
/// use client_app::commands::{ApproveClient, CreateClient};
/// use client_app::ports::ClientRef;
/// use client_app::queries::GetClient;
/// use client_app::{Caller, Clients, RequestContext, RequestId};
/// use client_domain::{Actor, ClientState, Permissions, example};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let clock = Arc::new(FixedClock::new("2026-01-05T09:00:00Z".parse()?));
/// let clients = Clients::new(Arc::new(MemoryStore::new()), clock, Arc::new(CountingKeys::default()));
/// let caller = |name| Actor::parse(name).map(|actor| Caller::new(actor, Permissions::all()));
/// let (maker, checker) = (caller("maker-1")?, caller("checker-1")?);
///
/// let application = example::application()?;
/// let create = CreateClient {
///     details: application.details,
///     birth_date: application.birth_date,
///     gender: application.gender,
///     identification: application.identification,
///     customer_type: application.customer_type,
///     branch: None,
/// };
/// let context = RequestContext::new(maker, RequestId::parse("r-1")?);
/// let created = clients.execute(&context, create).await?.into_outcome();
/// assert_eq!(created.customer_number().to_string(), "CUST1000001");
///
/// let context = RequestContext::new(checker.clone(), RequestId::parse("r-2")?);
/// let approve = ApproveClient { client: ClientRef::Key(created.client.clone()), notes: None, reviewed_look_alikes: Vec::new() };
/// let approved = clients.execute(&context, approve).await?.into_outcome();
/// assert_eq!(approved.state, ClientState::Approved);
///
/// let found = clients.query(&checker, GetClient { client: ClientRef::Key(created.client) }).await?;
/// assert_eq!(found.client.version(), approved.version);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
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
    pub(crate) calendar: BankCalendar,
    pub(crate) numbering: Arc<dyn NumberingPlan>,
    pub(crate) duplicate_quota: Arc<DuplicateQuota>,
    /// The same for the rows of batches that are checked.
    pub(crate) check_quota: Arc<DuplicateQuota>,
    pub(crate) kyc_policy: Arc<PolicyInForce>,
    pub(crate) clock_offset: Arc<ClockOffset>,
    pub(crate) counts: Arc<CountCache>,
    pub(crate) replicas: Option<Arc<dyn Replicas>>,
    /// Counts of replicas, which may be older than those of the storage.
    pub(crate) replica_counts: Arc<CountCache>,
    pub(crate) reads: ReadSource,
    pub(crate) is_read_only: bool,
    pub(crate) back_office: Option<BackOffice>,
    pub(crate) batch_office: Option<BatchOffice>,
    pub(crate) export_office: Option<ExportOffice>,
    pub(crate) checks: Vec<Arc<dyn StandingCheck>>,
    /// Why the last round of garbage collection did nothing.
    pub(crate) collection_stopped: Arc<Mutex<Option<TooManyOrphans>>>,
}

impl Clients {
    /// The service on this store, clock and key generator, with the default policies, no directories, and no
    /// content store.
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
            calendar: BankCalendar::default(),
            numbering: Arc::new(DigitsOnly),
            duplicate_quota: Arc::default(),
            check_quota: Arc::default(),
            kyc_policy: Arc::default(),
            clock_offset: Arc::default(),
            counts: Arc::default(),
            replicas: None,
            replica_counts: Arc::default(),
            reads: ReadSource::default(),
            is_read_only: false,
            back_office: None,
            batch_office: None,
            export_office: None,
            checks: Vec::new(),
            collection_stopped: Arc::default(),
        }
    }

    /// Uses this directory for open accounts.
    #[must_use]
    pub fn with_accounts(mut self, accounts: Arc<dyn AccountDirectory>) -> Self {
        self.accounts = accounts;
        self
    }

    /// Offers the work queue and operations. Without it they answer that they are unavailable.
    #[must_use]
    pub fn with_back_office(mut self, back_office: BackOffice) -> Self {
        self.back_office = Some(back_office);
        self
    }

    /// Reads from these replicas what may lag, for requests that
    /// [`reading_from_replicas`](Self::reading_from_replicas) is called for. Without it every read is one of the storage.
    #[must_use]
    pub fn with_replicas(mut self, replicas: Arc<dyn Replicas>) -> Self {
        self.replicas = Some(replicas);
        self
    }

    /// Refuses every command, for an instance on a storage that cannot be written, such as a standby. Readiness asks only
    /// whether it can read.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// Uses this directory for branches and account officers.
    #[must_use]
    pub fn with_branches(mut self, branches: Arc<dyn BranchDirectory>) -> Self {
        self.branches = branches;
        self
    }

    /// Stores the files of documents here; the ledger belongs to the storage of the clients.
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

    /// Reads phone numbers by this plan: forms of commands, and searches. By default a number is its digits.
    #[must_use]
    pub fn with_numbering(mut self, numbering: Arc<dyn NumberingPlan>) -> Self {
        self.numbering = numbering;
        self
    }

    /// Sets the calendar of the bank: it decides what "today" is, when a document expires, and when a day of a search
    /// begins and ends. The calendar of UTC by default.
    #[must_use]
    pub fn with_calendar(mut self, calendar: BankCalendar) -> Self {
        self.calendar = calendar;
        self
    }

    /// Sets the KYC policy.
    #[must_use]
    pub fn with_kyc_policy(mut self, policy: KycPolicy) -> Self {
        self.kyc_policy = Arc::new(PolicyInForce::new(policy));
        self
    }

    /// Adds this check to [`Clients::ready`].
    #[must_use]
    pub fn with_check(mut self, check: Arc<dyn StandingCheck>) -> Self {
        self.checks.push(check);
        self
    }

    /// Limits how often a caller meets duplicates; by default they are logged and not limited.
    #[must_use]
    pub fn with_duplicate_quota(mut self, quota: DuplicateQuota) -> Self {
        self.check_quota = Arc::new(quota.of_checks());
        self.duplicate_quota = Arc::new(quota);
        self
    }

    /// Forgets what it remembers of clients, for a bank whose clients were all deleted: the counts of the duplicate quota,
    /// and counts of clients.
    pub fn forget(&self) {
        self.duplicate_quota.forget();
        self.check_quota.forget();
        self.counts.forget();
        self.replica_counts.forget();
    }

    /// Sets this policy.
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

impl Clients {
    /// The numbering plan of phone numbers.
    pub fn numbering(&self) -> &dyn NumberingPlan {
        &*self.numbering
    }

    /// The calendar of the bank.
    pub const fn calendar(&self) -> &BankCalendar {
        &self.calendar
    }

    /// The KYC policy in force. What one answer says of it is taken from one such value.
    pub fn kyc_policy(&self) -> Arc<KycPolicy> {
        self.kyc_policy.now()
    }

    /// Puts another KYC policy in force, for every clone of this service, jobs among them. What has begun to be decided is
    /// decided by the policy of before.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
    /// use client_app::Clients;
    /// use client_domain::kyc::KycPolicy;
    ///
    /// let clock = Arc::new(FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap()));
    /// let clients = Clients::new(Arc::new(MemoryStore::new()), clock, Arc::new(CountingKeys::default()));
    /// let job = clients.clone();
    /// clients.replace_kyc_policy(KycPolicy { lapse_after_days: Some(90), ..KycPolicy::default() });
    /// assert_eq!(job.kyc_policy().lapse_after_days, Some(90));
    /// ```
    pub fn replace_kyc_policy(&self, policy: KycPolicy) {
        self.kyc_policy.replace(policy);
        // Counts by KYC status follow the policy.
        self.counts.forget();
    }

    /// Whether there are replicas.
    pub const fn has_replicas(&self) -> bool {
        self.replicas.is_some()
    }

    /// The position in the log of the storage that everything was committed by which has been answered. `None` without
    /// replicas, for which alone it is of use.
    pub async fn log_position(&self) -> Option<LogPosition> {
        self.replicas.as_ref()?.position().await
    }

    pub(crate) fn back_office(&self) -> Result<&BackOffice, Error> {
        let missing = || Error::Unavailable { cause: "this program has no back office".to_owned() };
        self.back_office.as_ref().ok_or_else(missing)
    }
}
