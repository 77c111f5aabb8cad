//! Every port of the application in memory, for a service without a database and for tests.
//!
//! | type | port |
//! | --- | --- |
//! | [`MemoryStore`] | [`ClientStore`](client_app::ports::ClientStore), [`Outbox`](client_app::ports::Outbox), [`Sessions`](client_app::ports::Sessions) and [`WorkItems`](client_app::ports::WorkItems) |
//! | [`MemoryContents`] | [`DocumentContents`](client_app::ports::DocumentContents) |
//! | [`FixedClock`] | [`Clock`](client_app::ports::Clock), set by a test |
//! | [`CountingKeys`] | [`KeyGenerator`](client_app::ports::KeyGenerator), the same keys in every run |
//! | [`MemoryAccounts`] | [`AccountDirectory`](client_app::ports::AccountDirectory) |
//! | [`MemoryBranches`] | [`BranchDirectory`](client_app::ports::BranchDirectory) |
//!
//! The store passes the same conformance suite as a database adapter. With [`Faults`] it fails as a database can fail, so
//! a test can check how a program reacts without breaking a real database.
//!
//! Every type here is a handle: clones share one state, so a test can keep one clone and give another one away. The state
//! is lost with the last handle. Until then clients, history and the outcomes of idempotency keys are never deleted; only
//! the data of a delivered event is.
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//!
//! use adapter_inmem::FixedClock;
//! use client_app::ports::Clock;
//!
//! let clock = FixedClock::new("2026-01-05T09:00:00Z".parse()?);
//! clock.advance(Duration::from_secs(60));
//! assert_eq!(clock.now().to_string(), "2026-01-05T09:01:00Z");
//! # Ok::<(), jiff::Error>(())
//! ```

mod accounts;
mod batches;
mod branches;
mod clock;
mod commit;
mod contents;
mod export_log;
mod faults;
mod keys;
mod ledger;
mod lock;
mod outbox;
mod queue;
mod saved_views;
mod search;
mod sessions;
mod store;
mod tables;
mod work_items;

pub use accounts::MemoryAccounts;
pub use branches::MemoryBranches;
pub use clock::FixedClock;
pub use contents::MemoryContents;
pub use faults::{Fault, Faults};
pub use keys::CountingKeys;
pub use store::MemoryStore;
