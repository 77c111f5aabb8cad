//! A database for each test, copied from one whose schema is up to date.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use adapter_postgres::{PostgresStore, Settings, migrate};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection as _};
use throwaway_postgres::Cluster;
use tokio::sync::OnceCell;

const PREFIX: &str = "clients_test_";

static SERVER: OnceCell<Cluster> = OnceCell::const_new();
static DATABASES: AtomicUsize = AtomicUsize::new(0);

/// A database of one test.
pub(crate) struct Database {
    pub(crate) url: String,
}

impl Database {
    /// A database with the schema and nothing else.
    pub(crate) async fn fresh() -> Self {
        let server = server().await;
        let name = name();
        let mut connection = connect(&server.url("postgres")).await;
        let create = format!("CREATE DATABASE {name} TEMPLATE {}", template());
        sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await.unwrap();
        Self { url: server.url(&name) }
    }

    /// A database with nothing at all.
    pub(crate) async fn empty() -> Self {
        let server = server().await;
        let name = name();
        let mut connection = connect(&server.url("postgres")).await;
        let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING UTF8");
        sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await.unwrap();
        Self { url: server.url(&name) }
    }

    pub(crate) fn settings(&self) -> Settings {
        settings(&self.url)
    }

    pub(crate) async fn store(&self) -> PostgresStore {
        PostgresStore::open(&self.settings()).await.unwrap()
    }

    /// A store beside another one that looks for words among so many of the newest clients first.
    pub(crate) async fn newest_first(&self, _beside: &PostgresStore, newest: i64) -> PostgresStore {
        let mut settings = self.settings();
        settings.newest_clients = u32::try_from(newest).unwrap();
        PostgresStore::open(&settings).await.unwrap()
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        connect(&self.url).await
    }

    /// As after a quarter of an hour, when statuses by another rule may be renewed.
    pub(crate) async fn age_kyc_statuses(&self) {
        self.run("UPDATE client_kyc_status SET computed_at = '-infinity'").await.unwrap();
    }

    /// Runs SQL past the store.
    pub(crate) async fn run(&self, sql: &str) -> Result<Vec<PgRow>, sqlx::Error> {
        sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut self.connect().await).await
    }

    /// Runs SQL past the store and past every trigger, as only a superuser may.
    pub(crate) async fn run_past_triggers(&self, sql: &str) {
        let all = format!("SET session_replication_role = replica; {sql}");
        sqlx::raw_sql(AssertSqlSafe(all)).execute(&mut self.connect().await).await.unwrap();
    }
}

/// Settings for a database whose data is thrown away.
pub(crate) fn settings(url: &str) -> Settings {
    let mut settings = Settings::parse(url).unwrap();
    settings.accept_data_loss = true;
    settings.max_connections = 8;
    // The machine may be busy with other tests.
    settings.acquire_timeout = Duration::from_secs(30);
    settings.statement_timeout = Duration::from_secs(30);
    settings.lock_timeout = Duration::from_secs(30);
    settings
}

pub(crate) async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

fn name() -> String {
    format!("{PREFIX}{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed))
}

fn template() -> String {
    format!("{PREFIX}{}_template", std::process::id())
}

async fn server() -> &'static Cluster {
    SERVER
        .get_or_init(|| async {
            let server = Cluster::start();
            let mut connection = connect(&server.url("postgres")).await;
            drop_former_runs(&mut connection).await;
            let create = format!("CREATE DATABASE {} TEMPLATE template0 ENCODING UTF8", template());
            sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await.unwrap();
            migrate(&settings(&server.url(&template()))).await.unwrap();
            server
        })
        .await
}

/// A server that is not ours keeps the databases of former runs. A database in use is not dropped; all the same, two runs
/// should not share a server.
async fn drop_former_runs(connection: &mut PgConnection) {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE starts_with(datname, $1)")
            .bind(PREFIX)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
    for name in names {
        let drop = format!("DROP DATABASE IF EXISTS {name}");
        let _in_use = sqlx::query(AssertSqlSafe(drop)).execute(&mut *connection).await;
    }
}
