//! Every port of the application in memory: to run the service without a database, and to test against.
//!
//! | type | port |
//! | --- | --- |
//! | [`MemoryStore`] | [`ClientStore`](client_app::ports::ClientStore) and [`Outbox`](client_app::ports::Outbox) |
//! | [`MemoryContents`] | [`DocumentContents`](client_app::ports::DocumentContents) |
//! | [`FixedClock`] | [`Clock`](client_app::ports::Clock), moved by hand |
//! | [`CountingKeys`] | [`KeyGenerator`](client_app::ports::KeyGenerator), the same keys in every run |
//! | [`MemoryAccounts`] | [`AccountDirectory`](client_app::ports::AccountDirectory) |
//! | [`MemoryBranches`] | [`BranchDirectory`](client_app::ports::BranchDirectory) |
//!
//! The store keeps the promises that a database keeps: it runs the same conformance suite. With [`Faults`] it can
//! be told to fail as a database fails, so that what a program does then can be tested without breaking one.
//!
//! Everything here is a handle: a clone shares what the original holds, so that a test keeps one and gives the
//! other away. Nothing outlives the last handle, and nothing is ever thrown away before that: what delivered events
//! said goes, clients, history and the outcomes of idempotency keys stay.
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
mod branches;
mod clock;
mod commit;
mod contents;
mod faults;
mod keys;
mod ledger;
mod outbox;
mod search;
mod store;
mod tables;

pub use accounts::MemoryAccounts;
pub use branches::MemoryBranches;
pub use clock::FixedClock;
pub use contents::MemoryContents;
pub use faults::{Fault, Faults};
pub use keys::CountingKeys;
pub use store::MemoryStore;

/// Locks, whether or not a holder of the lock panicked: whatever these locks guard is replaced as a whole, so
/// that it is never half written.
fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
