use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use adapter_http::auth::{
    DevelopmentToken, Expectations, KeySource, KeySourceError, Refresh, TokenVerifier, mint,
};
use adapter_http::{Api, Limits, Metrics, Server};
use adapter_inmem::{
    CountingKeys, Faults, FixedClock, MemoryAccounts, MemoryBranches, MemoryContents, MemoryStore,
};
use client_app::batch::BatchRules;
use client_app::export::ExportRules;
use client_app::ports::{ClientStore, Clock as _, ContentLedger, DocumentContents, KeyGenerator};
use client_app::{BackOffice, Caller, Clients, RequestContext, RequestId};
use client_domain::value::{BranchKey, EmailAddress};
use client_domain::{Actor, Invalid, Permissions};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Signs the tokens of every bank. It is no secret: a bank listens on this machine only and has made-up clients.
const SECRET: &str = "the signing key of a bank in a test, known to all";
/// How long a token is valid.
const TOKEN_LIFETIME: Duration = Duration::from_hours(1);

/// One recorder for the process, as the `metrics` crate has it.
static METRICS: LazyLock<Result<Metrics, String>> =
    LazyLock::new(|| Metrics::install().map_err(|error| error.to_string()));

/// A bank that could not be started, or a caller that it cannot have.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No port could be opened.
    #[error("no port of this machine could be opened")]
    Listen(#[from] std::io::Error),
    /// The process has another recorder of metrics already.
    #[error("the metrics of this process are recorded elsewhere already: {0}")]
    Metrics(String),
    /// The token could not be signed, or the verifier not be made.
    #[error("the key of the tokens could not be used")]
    Key(#[from] KeySourceError),
    /// The subject is no actor.
    #[error("the subject of a caller {0}")]
    Subject(Invalid),
}

/// The whole service on the in-memory adapter, behind a socket of this machine. It stops when it is dropped.
pub struct Bank {
    address: SocketAddr,
    clients: Clients,
    store: MemoryStore,
    contents: MemoryContents,
    accounts: MemoryAccounts,
    branches: MemoryBranches,
    clock: FixedClock,
    _stop: DropGuard,
}

/// Where clients and files are stored, if not in memory.
type Storage = (Arc<dyn ClientStore>, Arc<dyn DocumentContents>, Arc<dyn ContentLedger>);
type Configure = Box<dyn FnOnce(Clients) -> Clients + Send>;

/// What differs from an ordinary bank.
pub struct BankBuilder {
    now: Timestamp,
    limits: Limits,
    keys: Arc<dyn KeyGenerator>,
    storage: Option<Storage>,
    configure: Configure,
}

impl Bank {
    /// When every bank begins, unless [`BankBuilder::now`] says otherwise: 2026-01-05T09:00:00Z.
    pub const BEGINNING: Timestamp = Timestamp::constant(1_767_603_600, 0);

    /// Starts an ordinary bank.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// A bank with other settings.
    pub fn builder() -> BankBuilder {
        BankBuilder {
            now: Self::BEGINNING,
            limits: Limits { drain_notice: Duration::ZERO, ..Limits::default() },
            keys: Arc::new(CountingKeys::default()),
            storage: None,
            configure: Box::new(|clients| clients),
        }
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The use cases behind the socket.
    pub const fn clients(&self) -> &Clients {
        &self.clients
    }

    /// The clock, which stands until the test moves it.
    pub const fn clock(&self) -> &FixedClock {
        &self.clock
    }

    /// The script of the faults of the store.
    pub fn faults(&self) -> Faults {
        self.store.faults()
    }

    /// The store. It is empty if the bank was built on another one.
    pub const fn store(&self) -> &MemoryStore {
        &self.store
    }

    /// The files of documents. They are empty if the bank was built on other ones.
    pub const fn contents(&self) -> &MemoryContents {
        &self.contents
    }

    /// The open accounts of clients, as the ledger would answer.
    pub const fn accounts(&self) -> &MemoryAccounts {
        &self.accounts
    }

    /// The names of branches and officers.
    pub const fn branches(&self) -> &MemoryBranches {
        &self.branches
    }

    /// A token with all permissions, of the branch `ikeja-01`, that is valid for an hour of the bank's clock.
    pub fn token(&self, subject: &str) -> Result<String, StartError> {
        self.token_with(subject, Permissions::all())
    }

    /// A token with these permissions.
    pub fn token_with(&self, subject: &str, permissions: Permissions) -> Result<String, StartError> {
        Self::token_at(self.clock.now(), subject, permissions)
    }

    /// A token with these permissions that is issued at this moment.
    pub fn token_at(
        issued_at: Timestamp,
        subject: &str,
        permissions: Permissions,
    ) -> Result<String, StartError> {
        let token = DevelopmentToken {
            caller: caller(subject, permissions)?,
            addressing: Expectations::default(),
            issued_at,
            expires_in: TOKEN_LIFETIME,
        };
        Ok(mint("the tests", SECRET.as_bytes(), &token)?)
    }

    /// The context of a request of a caller with all permissions, for the typed use cases.
    pub fn caller(&self, subject: &str) -> Result<RequestContext, StartError> {
        let id = RequestId::parse("test").map_err(StartError::Subject)?;
        Ok(RequestContext::new(caller(subject, Permissions::all())?, id))
    }
}

fn caller(subject: &str, permissions: Permissions) -> Result<Caller, StartError> {
    let email = EmailAddress::parse(&format!("{subject}@example.com")).ok();
    Ok(Caller {
        actor: Actor { email, ..Actor::parse(subject).map_err(StartError::Subject)? },
        permissions,
        branch: BranchKey::parse("ikeja-01").ok(),
    })
}

impl BankBuilder {
    /// When the bank begins.
    #[must_use]
    pub fn now(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// Other limits of the HTTP adapter.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Other keys than the counted ones.
    #[must_use]
    pub fn keys(mut self, keys: Arc<dyn KeyGenerator>) -> Self {
        self.keys = keys;
        self
    }

    /// Clients and files elsewhere than in memory.
    #[must_use]
    pub fn storage(
        mut self,
        store: Arc<dyn ClientStore>,
        contents: Arc<dyn DocumentContents>,
        ledger: Arc<dyn ContentLedger>,
    ) -> Self {
        self.storage = Some((store, contents, ledger));
        self
    }

    /// Settings of the use cases: policies, the calendar, the numbering plan.
    ///
    /// ```
    /// use client_app::Policy;
    /// use clients_testkit::Bank;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let policy = Policy { four_eyes: false, ..Policy::default() };
    /// let bank = Bank::builder().configure(move |clients| clients.with_policy(policy)).start().await?;
    /// assert!(bank.url("/readyz").starts_with("http://127.0.0.1:"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn configure(mut self, configure: impl FnOnce(Clients) -> Clients + Send + 'static) -> Self {
        self.configure = Box::new(configure);
        self
    }

    /// Starts the bank on a free port.
    pub async fn start(self) -> Result<Bank, StartError> {
        let (store, contents) = (MemoryStore::new(), MemoryContents::new());
        let (accounts, branches) = (MemoryAccounts::default(), MemoryBranches::default());
        let clock = FixedClock::new(self.now);
        // The queue is that of the clients; another storage has its own, which `configure` can add.
        let is_own = self.storage.is_none();
        let (kept, files, ledger) = self.storage.unwrap_or_else(|| {
            (Arc::new(store.clone()), Arc::new(contents.clone()), Arc::new(store.clone()))
        });
        let clients = Clients::new(kept, Arc::new(clock.clone()), self.keys)
            .with_accounts(Arc::new(accounts.clone()))
            .with_branches(Arc::new(branches.clone()))
            .with_contents(files, ledger);
        let clients = if is_own {
            let shared = Arc::new(store.clone());
            clients
                .with_back_office(BackOffice::new(shared.clone(), shared.clone(), shared.clone()))
                .with_batches(shared.clone(), BatchRules::default())
                .with_exports(shared, ExportRules::default())
        } else {
            clients
        };
        let clients = (self.configure)(clients);
        let time = clock.clone();
        let verifier = TokenVerifier::load(
            vec![KeySource::hs256_secret("the tests", SECRET)],
            Expectations::default(),
            Arc::new(move || time.now()),
            Refresh::default(),
        );
        let api = Api {
            operations: Arc::new(clients.clone()),
            verifier: Arc::new(verifier.await?),
            limits: self.limits,
            description: client_wire::description(),
            metrics: METRICS.clone().map_err(StartError::Metrics)?,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        tokio::spawn(Server::new(api).serve(listener, stop.clone()));
        Ok(Bank { address, clients, store, contents, accounts, branches, clock, _stop: stop.drop_guard() })
    }
}

impl fmt::Debug for Bank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bank").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for BankBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BankBuilder").field("now", &self.now).finish_non_exhaustive()
    }
}
