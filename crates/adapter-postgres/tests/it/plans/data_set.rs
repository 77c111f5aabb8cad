//! A server with generated clients, and stores on it whose statements it explains in its log.

use std::time::Duration;

use adapter_postgres::{PostgresStore, Settings, migrate};
use client_app::ports::{ClientStore as _, KycRenewal};
use client_domain::kyc::{KycPolicy, KycStatusRule};
use sqlx::Row as _;
use throwaway_postgres::Cluster;
use tokio::sync::OnceCell;

use crate::database::{connect, settings};

static DATA_SET: OnceCell<DataSet> = OnceCell::const_new();

/// The server, and how many clients it has.
pub(super) struct DataSet {
    pub(super) server: Cluster,
    pub(super) clients: i64,
}

/// All clients are written before the indexes are built, which is faster and leaves the indexes dense.
const WITHOUT_INDEXES: &str = "CREATE TABLE away AS SELECT indexname, indexdef FROM pg_indexes
        WHERE tablename IN ('client', 'client_document', 'client_history')
            AND indexname NOT IN ('client_pkey', 'client_document_pkey', 'client_history_pkey');
    DO $$ DECLARE gone text; BEGIN
        FOR gone IN SELECT indexname FROM away LOOP EXECUTE 'DROP INDEX ' || gone; END LOOP;
    END $$";
/// One client in five hundred has returned.
const RETURNED: &str = "UPDATE client SET former_client = md5((id - 1)::text) WHERE id % 500 = 277";
const LARGEST: &str = "SELECT c.relname::text, pg_relation_size(c.oid) / 1048576 AS mebibytes FROM pg_class c
    WHERE c.relname LIKE 'client%' AND c.relkind IN ('r', 'i') AND pg_relation_size(c.oid) > 1048576 ORDER BY 2 DESC";

/// The data set of this run: `PLAN_CLIENTS` clients, or few enough for every day.
pub(super) async fn data_set() -> &'static DataSet {
    DATA_SET.get_or_init(generate).await
}

#[expect(clippy::disallowed_methods, reason = "how large a test is is no configuration of the service")]
fn clients() -> i64 {
    std::env::var("PLAN_CLIENTS").map_or(20_000, |text| text.parse().unwrap())
}

async fn generate() -> DataSet {
    let clients = clients();
    let server = Cluster::own(&[
        "-c",
        "fsync=off",
        "-c",
        "full_page_writes=off",
        "-c",
        "shared_buffers=512MB",
        "-c",
        "maintenance_work_mem=256MB",
        "-c",
        "max_wal_size=8GB",
        "-c",
        "log_line_prefix=[%u] ",
        "-c",
        "session_preload_libraries=auto_explain",
        "-c",
        "auto_explain.log_format=json",
        "-c",
        "auto_explain.log_analyze=on",
        "-c",
        "auto_explain.log_buffers=on",
    ]);
    let url = server.url("postgres");
    migrate(&settings(&url)).await.unwrap();
    let mut connection = connect(&url).await;
    sqlx::raw_sql(WITHOUT_INDEXES).execute(&mut connection).await.unwrap();
    sqlx::raw_sql("SET session_replication_role = replica").execute(&mut connection).await.unwrap();
    sqlx::query(include_str!("data_set.sql")).bind(clients).execute(&mut connection).await.unwrap();
    sqlx::raw_sql(RETURNED).execute(&mut connection).await.unwrap();
    // A few lines of history, which need not agree with the clients.
    sqlx::query(include_str!("history.sql")).bind(clients).execute(&mut connection).await.unwrap();
    sqlx::raw_sql("RESET session_replication_role").execute(&mut connection).await.unwrap();
    sqlx::raw_sql(include_str!("documents.sql")).execute(&mut connection).await.unwrap();
    let away = "SELECT indexname::text, indexdef FROM away ORDER BY 1";
    for row in sqlx::query(away).fetch_all(&mut connection).await.unwrap() {
        let begun = std::time::Instant::now();
        let build = sqlx::AssertSqlSafe(row.get::<String, _>(1));
        sqlx::raw_sql(build).execute(&mut connection).await.unwrap();
        println!("{} built in {} ms", row.get::<String, _>(0), begun.elapsed().as_millis());
    }
    renew_kyc_statuses(&url).await;
    for table in [
        "client",
        "client_number",
        "client_document",
        "client_address",
        "client_history",
        "client_work_item",
        "client_kyc_status",
    ] {
        let vacuum = sqlx::AssertSqlSafe(format!("VACUUM (ANALYZE) {table}"));
        sqlx::raw_sql(vacuum).execute(&mut connection).await.unwrap();
    }
    for row in sqlx::query(LARGEST).fetch_all(&mut connection).await.unwrap() {
        println!("{}: {} MiB", row.get::<String, _>(0), row.get::<i64, _>(1));
    }
    DataSet { server, clients }
}

/// As the service does, for the day of the searches.
async fn renew_kyc_statuses(url: &str) {
    let store = PostgresStore::open(&settings(url)).await.unwrap();
    let rule = KycStatusRule::of(&KycPolicy::default());
    let today = jiff::civil::date(2026, 1, 5);
    let renewal = KycRenewal { rule, today, limit: 500, other_rules: true };
    let (begun, mut clients) = (std::time::Instant::now(), 0);
    loop {
        let done = store.renew_kyc_statuses(&renewal).await.unwrap();
        assert_eq!(done.due, done.renewed);
        clients += done.renewed;
        if done.due < 500 {
            break;
        }
    }
    println!("{clients} KYC statuses renewed in {} ms", begun.elapsed().as_millis());
    store.close().await;
}

impl DataSet {
    /// Settings for a role of its own, with options of the server. The log is filtered by the role.
    pub(super) async fn settings(&self, name: &str, options: &[(&str, &str)]) -> Settings {
        let mut url = self.server.url("postgres");
        let create = sqlx::AssertSqlSafe(format!("CREATE ROLE \"{name}\" LOGIN SUPERUSER"));
        sqlx::raw_sql(create).execute(&mut connect(&url).await).await.unwrap();
        url = url.replace("//postgres@", &format!("//{name}@"));
        for (option, value) in options {
            url = format!("{url}&options[{option}]={value}");
        }
        let mut settings = settings(&url);
        settings.max_connections = 1;
        // Each search is one statement, which looks among all clients.
        settings.newest_clients = 0;
        settings.statement_timeout = Duration::from_mins(2);
        settings
    }

    /// A store with one connection of this role, whose every statement the server explains.
    pub(super) async fn explained(&self, name: &str) -> PostgresStore {
        let settings = self.settings(name, &[("auto_explain.log_min_duration", "0")]).await;
        PostgresStore::open(&settings).await.unwrap()
    }

    /// What the server has logged about the connections of this role.
    pub(super) fn log_of(&self, name: &str) -> String {
        let prefix = format!("[{name}] ");
        let mut is_mine = false;
        let log = self.server.log();
        let lines = log.lines().filter(|line| {
            // Later lines of an entry are indented.
            is_mine = line.starts_with(&prefix) || is_mine && line.starts_with('\t');
            is_mine
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}
