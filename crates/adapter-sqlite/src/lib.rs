#![doc = include_str!("../README.md")]
//!
//! # Map
//!
//! From bottom to top; a module uses only those above it in this list:
//!
//! | module | what it holds |
//! | --- | --- |
//! | `time` | moments and days as they are stored |
//! | `error` | what a failed statement means |
//! | `settings` | where the file is, and the limits of everything that waits |
//! | `sql` | the statements, one file each |
//! | `parameters`, `columns` | values into a statement, and out of a row |
//! | `rows` | rows of the tables as types of the domain, and back |
//! | `lock`, `file_system` | which process may open the file, and where it may be |
//! | `connection`, `migration` | how connections are opened, and the schema |
//! | `integrity` | damage, and copies of the file |
//! | `words` | the index of words |
//! | `writer`, `readers` | the threads that own the connections |
//! | `id_allocator`, `relay_round` | ids of new clients, in blocks; where the next relay begins |
//! | `commit`, `load` | changesets into rows, and clients out of them |
//! | `search` | searches, whose statements are built at run time |
//! | `activity`, `tally` | the lines of all histories, in pages and in groups |
//! | `selections` | everything that a search finds, of one point in time |
//! | `store` | the port [`ClientStore`](client_app::ports::ClientStore) |
//! | `opening` | how a store is opened |
//! | `outbox`, `contents`, `content_ledger`, `sessions`, `work_items`, `export_log` | the other ports |
//! | `export`, `batch_export` | everything that the file holds, in pages, for a copy to another store |
//! | `digest` | whether the file holds what it held before |

mod activity;
mod batch_export;
mod batch_pieces;
mod batches;
mod columns;
mod commit;
mod connection;
mod content_ledger;
mod contents;
mod digest;
mod error;
mod export;
mod export_log;
mod file_system;
mod id_allocator;
mod integrity;
mod load;
mod lock;
mod measure;
mod migration;
mod opening;
mod outbox;
mod parameters;
mod readers;
mod relay_round;
mod rows;
mod saved_views;
mod search;
mod selections;
mod sessions;
mod settings;
mod sql;
mod store;
mod tally;
mod time;
mod words;
mod work_items;
mod writer;

pub use integrity::{copy, find_damage};
pub use migration::{migrate, schema_versions};
pub use settings::{Settings, StartError};
pub use store::SqliteStore;

/// Every rule of the schema by what SQLite calls it, and what its violation means: for a test against the schema.
#[doc(hidden)]
pub fn constraints() -> &'static [(&'static str, &'static str)] {
    error::constraints::CONSTRAINTS
}
