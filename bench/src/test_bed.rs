//! The test bed: a database with a data set, the services on it, and their callers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use adapter_postgres::{PostgresStore, Settings, migrate};
use client_app::Clients;
use clients_campaigns::{Actor, Binary, Cluster, RunError, Service, Storage, Tools};
use serde_json::{Value, json};

use crate::baseline::{self, Baseline, FIRST_NEW};
use crate::baseline_check;
use crate::callers::{OverHttp, Tokens};
use crate::console_bed::ConsoleBed;
use crate::data_set::DataSet;
use crate::load::{self, Length};
use crate::pgbench::Pgbench;
use crate::ports::{Keys, SystemClock};
use crate::request::{Requests, Source, object};
use crate::search::{self, Draw};
use crate::sqlite_bed::{SqliteBed, SqliteFacts};
use crate::wire::Wire;

/// As a small machine would be set up: everything that keeps data safe stays on.
const SETTINGS: &[&str] = &[
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "jit=off",
    "shared_buffers=2GB",
    "effective_cache_size=8GB",
    "maintenance_work_mem=512MB",
    "work_mem=32MB",
    "max_wal_size=8GB",
    "checkpoint_timeout=15min",
    "checkpoint_completion_target=0.9",
    "random_page_cost=1.1",
    "log_line_prefix=[%u] ",
];
/// The caller of a batch confirms it, and the events of the data set, which are years old, are not deleted meanwhile.
pub(crate) const SERVICE_ARGUMENTS: [&str; 6] =
    ["--log-format", "json", "--batch-confirmation", "any-person", "--keep-delivered", "9000"];
/// How many keys callers choose from.
const KEYS: u64 = 100_000;
/// How many clients lie before the deepest page.
const DEEPEST: u64 = 1_000_000;
/// How many clients the service in memory has.
const IN_MEMORY: u64 = 2_000;
/// Clients that are onboarded in a run have greater numbers.
const FIRST_PERSON: u64 = 2_000_000_000;
/// How many numbers of people one case may use.
pub(crate) const PEOPLE: u64 = 10_000_000;

/// Everything that is measured, or measures. All of it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct TestBed {
    // The services end before what they use.
    pub(crate) service: Service,
    pub(crate) memory: Service,
    /// There where a case needs it.
    pub(crate) sqlite: Option<SqliteBed>,
    /// A second instance of the service on the same database, where a case needs it.
    pub(crate) second: Option<Service>,
    /// The console, where a case needs it.
    pub(crate) console: Option<ConsoleBed>,
    /// Another binary of the service, on the same database.
    pub(crate) before: Option<Service>,
    pub(crate) cluster: Cluster,
    pub(crate) pgbench: Pgbench,
    pub(crate) baseline: Baseline,
    pub(crate) data_set: DataSet,
    pub(crate) clients: Clients,
    pub(crate) tokens: Tokens,
    pub(crate) keys: Vec<String>,
    pub(crate) memory_keys: Vec<String>,
    pub(crate) draws: Vec<Draw>,
    pub(crate) facts: Facts,
    people: u64,
}

/// What is known before anything is measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) clients: u64,
    pub(crate) loaded_in: Duration,
    /// From the start of the process until it says that it is ready, on a migrated database.
    pub(crate) ready_in: Duration,
    pub(crate) binary_mebibytes: f64,
    pub(crate) postgres: String,
    pub(crate) cores: usize,
    pub(crate) statements: Vec<String>,
    /// There where a case needs a data folder.
    pub(crate) sqlite: Option<SqliteFacts>,
}

impl TestBed {
    /// Starts and fills everything.
    pub(crate) async fn start(
        binary: &Binary,
        tools: &Tools,
        data_set: DataSet,
        kept: Option<&Path>,
        out: &Path,
    ) -> Result<Self, RunError> {
        let cluster = match kept {
            Some(folder) => Cluster::keep(tools, folder, SETTINGS).await?,
            None => Cluster::start_with(tools, SETTINGS).await?,
        };
        let settings = Settings::parse(&cluster.url()).map_err(RunError::during("the database"))?;
        migrate(&settings).await.map_err(RunError::during("the migrations"))?;
        let loaded_in = data_set.prepare(&cluster).await?;
        let store = PostgresStore::open(&settings).await.map_err(RunError::during("the adapter"))?;
        data_set.check(&store, &cluster).await?;
        let baseline = Baseline::learn(&cluster).await?;
        let pgbench = Pgbench::new(tools, &cluster, out)?;
        baseline_check::check_baseline(&baseline, &pgbench, data_set, (&store, &cluster)).await?;
        let clients = Clients::new(Arc::new(store), Arc::new(SystemClock), Arc::new(Keys::new(FIRST_NEW)));

        let log = |name: &str| -> PathBuf { out.join(format!("{name}.log")) };
        let quiet = ["--log-format", "json"];
        let mut service =
            Service::start(binary, Storage::Url(&cluster.url()), &SERVICE_ARGUMENTS, &log("service")).await?;
        let ready_in = service.restart().await?;
        let memory = Service::start(binary, Storage::Memory, &quiet, &log("service-in-memory")).await?;
        let header =
            |actor: Actor| binary.token(actor.subject()).map(|token| Arc::from(format!("Bearer {token}")));
        let tokens = Tokens { maker: header(Actor::Maker)?, checker: header(Actor::Checker)? };
        let keys = format!(
            "SELECT client_key FROM client WHERE id <= {} ORDER BY md5(client_key) LIMIT {KEYS}",
            data_set.clients
        );
        let keys = cluster.sql(&keys).await?.concat();
        let facts = Facts {
            clients: data_set.clients,
            loaded_in,
            ready_in,
            binary_mebibytes: mebibytes(binary.path())?,
            postgres: cluster.sql("SHOW server_version").await?.concat().concat(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            statements: baseline.statements.clone(),
            sqlite: None,
        };
        let mut bed = Self {
            service,
            memory,
            sqlite: None,
            second: None,
            console: None,
            before: None,
            pgbench,
            baseline,
            data_set,
            clients,
            tokens,
            keys,
            memory_keys: Vec::new(),
            draws: search::draws(&cluster, data_set.clients).await?,
            facts,
            people: FIRST_PERSON,
            cluster,
        };
        bed.fill_memory().await?;
        bed.place_cursors().await?;
        Ok(bed)
    }

    /// Fills a data folder with these many clients and starts the service on it.
    pub(crate) async fn start_sqlite(
        &mut self,
        binary: &Binary,
        clients: u64,
        out: &Path,
    ) -> Result<(), RunError> {
        let first = self.fresh_people();
        let sqlite = SqliteBed::start(binary, clients, first, out).await?;
        self.facts.sqlite = Some(sqlite.facts);
        self.sqlite = Some(sqlite);
        Ok(())
    }

    /// The data folder.
    pub(crate) fn sqlite(&self) -> Result<&SqliteBed, RunError> {
        self.sqlite.as_ref().ok_or_else(|| RunError::new("no data folder was filled"))
    }

    /// The first number of people who are not onboarded yet.
    pub(crate) const fn fresh_people(&mut self) -> u64 {
        self.people += PEOPLE;
        self.people
    }

    /// Onboards some clients in memory, so that there are clients to get.
    async fn fill_memory(&mut self) -> Result<(), RunError> {
        let source = Source::Create { first: self.fresh_people(), most: IN_MEMORY };
        let requests = Arc::new(Requests::new(source, "memory".to_owned()));
        let callers = OverHttp::several(4, self.memory.address(), &self.tokens, &requests).await?;
        load::run(callers, Length::Requests(IN_MEMORY)).await?;
        let mut wire = Wire::open(self.memory.address()).await?;
        for page in 1..=IN_MEMORY / 100 {
            let asked = json!({ "pageNumber": page, "pageSize": 100, "includeTotal": false });
            let answer = list(&mut wire, &self.tokens, asked).await?;
            let contacts = answer.get("contacts").and_then(Value::as_array).into_iter().flatten();
            self.memory_keys.extend(
                contacts.filter_map(|contact| Some(contact.get("contactEncodedKey")?.as_str()?.to_owned())),
            );
        }
        Ok(())
    }

    /// Asks for pages far behind, to know where the next ones begin.
    async fn place_cursors(&mut self) -> Result<(), RunError> {
        let mut wire = Wire::open(self.service.address()).await?;
        // A cursor costs the same at every depth; to skip more clients than these takes longer than a statement may.
        let pages = self.data_set.last().min(DEEPEST) / 50;
        for (draw, number) in self.draws.iter_mut().zip(1..) {
            let page = (pages * number / (search::DRAWS + 2)).max(1);
            let asked = json!({ "pageNumber": page, "pageSize": 50, "includeTotal": false });
            let answer = list(&mut wire, &self.tokens, asked).await?;
            let last = answer.get("contacts").and_then(Value::as_array).and_then(|contacts| contacts.last());
            let id = last.and_then(|contact| contact.get("id")).and_then(Value::as_u64);
            let id = id.ok_or_else(|| RunError::new("a page far behind is empty"))?;
            let at = self.cluster.sql(&format!("SELECT created_at FROM client WHERE id = {id}")).await?;
            draw.cursor =
                answer.get("nextCursor").and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
            draw.behind = (at.concat().concat(), id);
        }
        Ok(())
    }

    /// Every client of the pool waits for approval again.
    pub(crate) async fn await_approval(&self) -> Result<Vec<String>, RunError> {
        let pool = self.pool();
        // No command does this, so it has no line of history.
        let again = format!(
            "SET session_replication_role = replica; UPDATE client SET state = 3, approval = NULL, approval_by = NULL, approval_by_email = NULL, approval_at = NULL \
             WHERE {pool} AND state <> 3"
        );
        self.cluster.sql(&again).await?;
        let keys = format!("SELECT client_key FROM client WHERE {pool} ORDER BY id");
        Ok(self.cluster.sql(&keys).await?.concat())
    }

    /// How many of the pool were approved.
    pub(crate) async fn approved(&self) -> Result<u64, RunError> {
        self.count(&format!("{} AND state = 4", self.pool())).await
    }

    /// How many clients were made since the data set was loaded.
    pub(crate) async fn made(&self) -> Result<u64, RunError> {
        self.count(&format!("id >= {FIRST_NEW}")).await
    }

    /// How much the log of writes has grown since the cluster was made, in bytes.
    pub(crate) async fn written(&self) -> Result<u64, RunError> {
        let at = self.cluster.sql("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint").await?;
        at.concat().concat().parse().map_err(RunError::during("the log of writes"))
    }

    async fn count(&self, condition: &str) -> Result<u64, RunError> {
        let rows = self.cluster.sql(&format!("SELECT count(*) FROM client WHERE {condition}")).await?;
        rows.concat().concat().parse().map_err(RunError::during("a count"))
    }

    fn pool(&self) -> String {
        format!("id BETWEEN {} AND {}", self.data_set.clients + 1, self.data_set.last())
    }

    /// The callers of the application without HTTP: maker and checker.
    pub(crate) fn direct_callers() -> Result<(client_app::Caller, client_app::Caller), RunError> {
        Ok((baseline::caller("maker")?, baseline::caller("checker")?))
    }
}

/// The data of a list.
async fn list(wire: &mut Wire, tokens: &Tokens, asked: Value) -> Result<Value, RunError> {
    let body = json!({ "queryName": "RetrieveContactListQuery", "data": object(asked) }).to_string();
    let answer = wire.post("/api/bpm/qry", &[("Authorization", &tokens.maker)], body.as_bytes()).await?;
    let answer: Value = serde_json::from_slice(answer).map_err(RunError::during("a list"))?;
    Ok(answer.get("data").cloned().unwrap_or_default())
}

#[expect(clippy::cast_precision_loss, reason = "no binary is so large")]
fn mebibytes(file: &Path) -> Result<f64, RunError> {
    Ok(std::fs::metadata(file)?.len() as f64 / 1_048_576.0)
}
