//! The test stand: a database with a crowd, the services on it, and everybody that is needed to ask them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use adapter_postgres::{PostgresStore, Settings, migrate};
use client_app::Clients;
use clients_campaigns::{Actor, Binary, Cluster, Service, Tools, Trouble};
use serde_json::{Value, json};

use crate::callers::{OverHttp, Tokens};
use crate::crowd::Crowd;
use crate::floor::{self, FIRST_NEW, Floor};
use crate::likeness;
use crate::load::{self, Length};
use crate::pgbench::Pgbench;
use crate::ports::{Keys, SystemClock};
use crate::request::{Requests, Source, object};
use crate::search::{self, Draw};
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
/// How many keys callers choose from.
const KEYS: u64 = 100_000;
/// How many clients the service in memory has.
const IN_MEMORY: u64 = 2_000;
/// Whoever is onboarded has a greater number.
const FIRST_PERSON: u64 = 2_000_000_000;
/// How many numbers of people one cell may use.
pub(crate) const PEOPLE: u64 = 10_000_000;

/// Everything that is measured, or measures. All of it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Stand {
    // The services end before what they use.
    pub(crate) service: Service,
    pub(crate) memory: Service,
    pub(crate) cluster: Cluster,
    pub(crate) pgbench: Pgbench,
    pub(crate) floor: Floor,
    pub(crate) crowd: Crowd,
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
}

impl Stand {
    /// Starts and fills everything.
    pub(crate) async fn start(
        binary: &Binary,
        tools: &Tools,
        crowd: Crowd,
        out: &Path,
    ) -> Result<Self, Trouble> {
        let cluster = Cluster::start_with(tools, SETTINGS).await?;
        let settings = Settings::parse(&cluster.url()).map_err(Trouble::during("the database"))?;
        migrate(&settings).await.map_err(Trouble::during("the migrations"))?;
        let loaded_in = crowd.load(&cluster).await?;
        let store = PostgresStore::open(&settings).await.map_err(Trouble::during("the adapter"))?;
        crowd.check(&store, &cluster).await?;
        let floor = Floor::learn(&cluster).await?;
        let pgbench = Pgbench::new(tools, &cluster, out)?;
        floor_check(&floor, &pgbench, crowd, (&store, &cluster)).await?;
        let clients = Clients::new(Arc::new(store), Arc::new(SystemClock), Arc::new(Keys::new(FIRST_NEW)));

        let log = |name: &str| -> PathBuf { out.join(format!("{name}.log")) };
        let quiet = ["--log-format", "json"];
        let mut service = Service::start(binary, Some(&cluster.url()), &quiet, &log("service")).await?;
        let ready_in = service.restart().await?;
        let memory = Service::start(binary, None, &quiet, &log("service-in-memory")).await?;
        let header =
            |actor: Actor| binary.token(actor.subject()).map(|token| Arc::from(format!("Bearer {token}")));
        let tokens = Tokens { maker: header(Actor::Maker)?, checker: header(Actor::Checker)? };
        let keys = format!(
            "SELECT client_key FROM client WHERE id <= {} ORDER BY md5(client_key) LIMIT {KEYS}",
            crowd.clients
        );
        let keys = cluster.sql(&keys).await?.concat();
        let facts = Facts {
            clients: crowd.clients,
            loaded_in,
            ready_in,
            binary_mebibytes: mebibytes(binary.path())?,
            postgres: cluster.sql("SHOW server_version").await?.concat().concat(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            statements: floor.statements.clone(),
        };
        let mut stand = Self {
            service,
            memory,
            pgbench,
            floor,
            crowd,
            clients,
            tokens,
            keys,
            memory_keys: Vec::new(),
            draws: search::draws(&cluster, crowd.clients).await?,
            facts,
            people: FIRST_PERSON,
            cluster,
        };
        stand.fill_memory().await?;
        stand.place_cursors().await?;
        Ok(stand)
    }

    /// The first number of people whom nobody has onboarded yet.
    pub(crate) const fn fresh_people(&mut self) -> u64 {
        self.people += PEOPLE;
        self.people
    }

    /// Onboards some clients in memory, to have somebody to get.
    async fn fill_memory(&mut self) -> Result<(), Trouble> {
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
    async fn place_cursors(&mut self) -> Result<(), Trouble> {
        let mut wire = Wire::open(self.service.address()).await?;
        let pages = self.crowd.last() / 50;
        for (draw, number) in self.draws.iter_mut().zip(1..) {
            let page = (pages * number / (search::DRAWS + 2)).max(1);
            let asked = json!({ "pageNumber": page, "pageSize": 50, "includeTotal": false });
            let answer = list(&mut wire, &self.tokens, asked).await?;
            let last = answer.get("contacts").and_then(Value::as_array).and_then(|contacts| contacts.last());
            let id = last.and_then(|contact| contact.get("id")).and_then(Value::as_u64);
            let id = id.ok_or_else(|| Trouble::new("a page far behind is empty"))?;
            let at = self.cluster.sql(&format!("SELECT created_at FROM client WHERE id = {id}")).await?;
            draw.cursor =
                answer.get("nextCursor").and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
            draw.behind = (at.concat().concat(), id);
        }
        Ok(())
    }

    /// Everybody in the pool waits for approval again.
    pub(crate) async fn await_approval(&self) -> Result<Vec<String>, Trouble> {
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
    pub(crate) async fn approved(&self) -> Result<u64, Trouble> {
        self.count(&format!("{} AND state = 4", self.pool())).await
    }

    /// How many clients were made since the crowd was loaded.
    pub(crate) async fn made(&self) -> Result<u64, Trouble> {
        self.count(&format!("id >= {FIRST_NEW}")).await
    }

    async fn count(&self, condition: &str) -> Result<u64, Trouble> {
        let rows = self.cluster.sql(&format!("SELECT count(*) FROM client WHERE {condition}")).await?;
        rows.concat().concat().parse().map_err(Trouble::during("a count"))
    }

    fn pool(&self) -> String {
        format!("id BETWEEN {} AND {}", self.crowd.clients + 1, self.crowd.last())
    }

    /// Who calls the application directly: maker and checker.
    pub(crate) fn direct_callers() -> Result<(client_app::Caller, client_app::Caller), Trouble> {
        Ok((floor::caller("maker")?, floor::caller("checker")?))
    }
}

/// Has the floor onboard somebody and approve somebody of the crowd, and looks whether both are as if the service had.
async fn floor_check(
    floor: &Floor,
    pgbench: &Pgbench,
    crowd: Crowd,
    (store, cluster): (&PostgresStore, &Cluster),
) -> Result<(), Trouble> {
    // Without anybody to get, the script with \gset in the place of its end fails; as it is, it would not tell.
    let mut get = floor.get.clone();
    get.text = get.text.trim_end().trim_end_matches(';').to_owned() + " \\gset\n";
    let anybody = [("clients", i64::try_from(crowd.clients).unwrap_or(1))];
    pgbench
        .run(&[get], &anybody, 1, Length::Requests(20), None)
        .await
        .map_err(Trouble::during("the floor's get"))?;
    for (script, number) in [(&floor.create, FIRST_NEW - 1), (&floor.approve, crowd.last())] {
        let during = || format!("client {number}, whom the floor has written");
        let base = i64::try_from(number).unwrap_or(0);
        let variables = [("i", -1), ("base", base), ("step", 1), ("cell", -1), ("clients", 1)];
        pgbench.run(std::slice::from_ref(script), &variables, 1, Length::Requests(1), None).await?;
        likeness::check(number, store, cluster).await.map_err(Trouble::during(during()))?;
        let kept = format!("SELECT count(*) FROM client_idempotency WHERE request_key = 'bench-{number}--1'");
        let kept = cluster.sql(&kept).await?.concat().concat();
        if kept != "1" {
            return Err(Trouble::new(format!("{}: its outcome was not kept", during())));
        }
    }
    Ok(())
}

/// The data of a list.
async fn list(wire: &mut Wire, tokens: &Tokens, asked: Value) -> Result<Value, Trouble> {
    let body = json!({ "queryName": "RetrieveContactListQuery", "data": object(asked) }).to_string();
    let answer = wire.post("/api/bpm/qry", &[("Authorization", &tokens.maker)], body.as_bytes()).await?;
    let answer: Value = serde_json::from_slice(answer).map_err(Trouble::during("a list"))?;
    Ok(answer.get("data").cloned().unwrap_or_default())
}

#[expect(clippy::cast_precision_loss, reason = "no binary is so large")]
fn mebibytes(file: &Path) -> Result<f64, Trouble> {
    Ok(std::fs::metadata(file)?.len() as f64 / 1_048_576.0)
}
