//! The stores of the application on PostgreSQL 15 or later: one statement, one round trip per commit.
//!
//! | type | what it is |
//! | --- | --- |
//! | [`PostgresStore`] | [`ClientStore`](client_app::ports::ClientStore), [`Outbox`](client_app::ports::Outbox) and [`DocumentContents`](client_app::ports::DocumentContents) |
//! | [`Settings`] | the address of the database, and the limits of everything that waits |
//! | [`migrate()`] | brings the schema up to date; many instances may do so at the same time |
//! | [`schema_versions`] | the version of the schema, and the one that this program needs |
//! | [`PostgresReplicas`] | [`Replicas`](client_app::ports::Replicas): streaming standbys that answer reads |
//! | [`ConfirmedCommits`] | the latest commits, which a database must still hold after a failover |
//! | [`Import`] | a copy of everything that another store holds, into an empty database |
//! | [`RolePrefix`] | the roles of a database, as scripts for an administrator |
//! | [`Recomputed`] | what a batch of [`PostgresStore::recompute`] has done |
//! | [`StartError`] | why a store cannot be opened |
//!
//! A commit is one autocommitted statement: there is no `BEGIN` that a cancelled request can leave behind in the
//! pool, and no `COMMIT` that reports success for a transaction that was rolled back. It runs in a task of its own, so a
//! caller that stops waiting does not stop it. Commits that arrive at the same time share a statement, and so do reads by
//! key; each caller has an answer of its own.
//!
//! # Map
//!
//! From bottom to top; a module uses only those above it in this list:
//!
//! | module | what it holds |
//! | --- | --- |
//! | `error` | what a failed statement means |
//! | `time` | moments and days as PostgreSQL stores them |
//! | `settings` | the address of the database, and the limits of everything that waits |
//! | `sql` | the statements, one file each |
//! | `rows` | rows of the tables as types of the domain, and back |
//! | `session` | opening a connection to the server that is wanted |
//! | `pool` | the connections, and what each statement goes through |
//! | `first_connection` | the wait for a server that is not up yet |
//! | `migrate`, `schema_check`, `server_check` | what must be true before a store is opened |
//! | `standbys`, `confirmed` | which standbys confirm commits, and the latest commits that were confirmed |
//! | `id_allocator` | ids of new clients, in blocks |
//! | `load` | reads of clients, by key in batches |
//! | `commit` | commits, alone or in batches |
//! | `search` | searches, whose statements are built at run time |
//! | `selections` | everything that a search finds, of one point in time |
//! | `recompute` | normal forms that an earlier release has written |
//! | `store` | the port [`ClientStore`](client_app::ports::ClientStore) |
//! | `replicas` | streaming standbys that answer reads |
//! | `replication` | whether commits outlive their server |
//! | `outbox`, `contents`, `content_ledger`, `sessions`, `work_items`, `export_log` | the other ports |
//! | `import` | a copy of everything that another store holds |
//! | `roles` | the roles of a database and their rights, as scripts |
//!
//! # Example
//!
//! ```no_run
//! use adapter_postgres::{PostgresStore, Settings, migrate};
//! use client_app::ports::ClientStore;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let settings = Settings::parse("postgres://clients@localhost/clients")?;
//! migrate(&settings).await?;
//! let store = PostgresStore::open(&settings).await?;
//! store.ready().await.whole()?;
//! # Ok(())
//! # }
//! ```

mod batches;
mod commit;
mod confirmed;
mod content_ledger;
mod contents;
mod error;
mod export_log;
mod first_connection;
mod id_allocator;
mod import;
mod load;
mod migrate;
mod outbox;
mod pool;
mod receivers;
mod recompute;
mod replicas;
mod replication;
mod roles;
mod rows;
mod saved_views;
mod schema_check;
mod search;
mod selections;
mod server_check;
mod session;
mod sessions;
mod settings;
mod sql;
mod standbys;
mod store;
mod time;
mod work_items;

pub use confirmed::ConfirmedCommits;
pub use import::{Import, ImportSource};
pub use migrate::{migrate, schema_versions};
pub use recompute::Recomputed;
pub use replicas::PostgresReplicas;
pub use roles::{InvalidPrefix, RolePrefix};
pub use settings::{Settings, StartError};
pub use store::PostgresStore;

/// Every statement that does not depend on what is asked, by name: for tests, and for the database administrator.
#[doc(hidden)]
pub fn statements() -> Vec<(&'static str, &'static str)> {
    sql::ALL.to_vec()
}

/// Every named constraint of the schema and what its violation means: for a test against the catalogue.
#[doc(hidden)]
pub fn constraints() -> &'static [(&'static str, &'static str)] {
    error::constraints::CONSTRAINTS
}
