//! The databases that one sequence after the other is played in.

use std::time::Duration;

use adapter_postgres::{PostgresStore, Settings, migrate};
use adapter_sqlite::SqliteStore;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;
use throwaway_postgres::Cluster;
use tokio::runtime::Runtime;

/// Empties every table but what the migrations have filled, and resets the sequences. The triggers that keep
/// history and outbox from being emptied are enabled again when this ends; no other connection sees them disabled.
const CLEAR: &str = "DO $$ DECLARE name text; names text[]; BEGIN
    names := ARRAY(SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()
        AND tablename NOT IN ('_sqlx_migrations', 'client_lifecycle_edge'));
    FOREACH name IN ARRAY names LOOP
        EXECUTE 'ALTER TABLE ' || name || ' DISABLE TRIGGER USER';
    END LOOP;
    EXECUTE 'WITH '
        || (SELECT string_agg(format('gone_%s AS (DELETE FROM %s)', n, t), ', ')
            FROM unnest(names) WITH ORDINALITY AS named (t, n))
        || ' SELECT';
    FOREACH name IN ARRAY names LOOP
        EXECUTE 'ALTER TABLE ' || name || ' ENABLE TRIGGER USER';
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', name);
    END LOOP;
END $$";

pub struct Fixture {
    pub runtime: Runtime,
    settings: Settings,
    url: String,
    maintenance: String,
    name: String,
    /// A folder for the files of SQLite.
    folder: TempDir,
}

impl Fixture {
    /// A database with the schema, one of several on this server.
    pub fn make(server: &Cluster, number: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let name = format!("clients_test_{}_sequences_{number}", std::process::id());
        let (url, maintenance) = (server.url(&name), server.url("postgres"));
        let mut settings = Settings::parse(&url).unwrap();
        settings.accept_data_loss = true;
        // One statement comes after the other, and a connection knows those that it has executed.
        settings.max_connections = 1;
        // The machine may be busy with other tests.
        settings.acquire_timeout = Duration::from_secs(30);
        settings.statement_timeout = Duration::from_secs(30);
        settings.lock_timeout = Duration::from_secs(30);
        runtime.block_on(async {
            run(&maintenance, format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING UTF8")).await;
            migrate(&settings).await.unwrap();
        });
        Self { runtime, settings, url, maintenance, name, folder: tempfile::tempdir().unwrap() }
    }

    /// Stores with nothing in them, as in the beginning.
    pub fn cleared(&self) -> (PostgresStore, SqliteStore) {
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        let mut file = adapter_sqlite::Settings::at(self.folder.path().join("clients.db"));
        // The machine may be busy with other tests.
        file.read_timeout = Duration::from_secs(30);
        file.write_timeout = Duration::from_secs(30);
        self.runtime.block_on(async {
            run(&self.url, CLEAR.to_owned()).await;
            adapter_sqlite::migrate(&file).await.unwrap();
            (PostgresStore::open(&self.settings).await.unwrap(), SqliteStore::open(&file).await.unwrap())
        })
    }
}

impl Drop for Fixture {
    /// A server that is not ours would keep the database.
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        self.runtime.block_on(run(&self.maintenance, drop));
    }
}

async fn run(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
