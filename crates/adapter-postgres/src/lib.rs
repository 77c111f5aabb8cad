//! The stores of the application on PostgreSQL 15 or later: one statement, one round trip per commit.
//!
//! | type | what it is |
//! | --- | --- |
//! | [`PostgresStore`] | [`ClientStore`](client_app::ports::ClientStore), [`Outbox`](client_app::ports::Outbox) and [`DocumentContents`](client_app::ports::DocumentContents) |
//! | [`Settings`] | where the database is, and the limits of everything that waits |
//! | [`migrate`] | brings the schema up to date; many instances may do so at once |
//! | [`StartError`] | why a store cannot be opened |
//!
//! A commit is one autocommitted statement: there is no `BEGIN` that a cancelled request can leave behind in the
//! pool, and no `COMMIT` that can say "done" of a transaction that was rolled back. It runs in a task of its own,
//! so a caller who stops waiting does not stop it. Commits that come at the same time share a statement, and so do look-ups
//! by key; each has an answer of its own.
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

mod batcher;
mod client_row;
mod columns;
mod commit;
mod commits;
mod contents;
mod digest;
mod history_row;
mod id_blocks;
mod ledger;
mod loads;
mod lookups;
mod maker_row;
mod migration;
mod newer;
mod outbox;
mod outcome_row;
mod paper_row;
mod pool;
mod schema;
mod search;
mod server;
mod settings;
mod sqlstate;
mod statements;
mod store;
mod trouble;

pub use migration::migrate;
pub use settings::{Settings, StartError};
pub use store::PostgresStore;

/// Every statement that does not depend on what is asked, by name: for tests, and for whoever reviews what the
/// service may do to a database.
#[doc(hidden)]
pub fn statements() -> Vec<(&'static str, &'static str)> {
    statements::all()
}

/// Every named constraint of the schema and what its violation means: for a test against the catalogue.
#[doc(hidden)]
pub fn constraints() -> &'static [(&'static str, &'static str)] {
    trouble::CONSTRAINTS
}
