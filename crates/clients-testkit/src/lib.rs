//! A whole bank in the process of a test: the HTTP API on a port of its own, tokens, a clock that the test moves, faults of
//! the storage, and people to create.
//!
//! | type | purpose |
//! | --- | --- |
//! | [`Bank`] | the service on the in-memory adapter; it stops when it is dropped |
//! | [`People`] | applicants of ten countries, the same ones for the same seed |
//! | [`MovableClock`] | the machine's clock, which a test sets, advances or stops |
//! | [`WebhookReceiver`] | verifies the signatures of deliveries, and answers what the test wants |
//! | [`TestControls`] | the same for tests in other languages: `POST /test/clock`, `/test/faults`, `/test/reset`, `/test/seed` |
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//!
//! use client_app::commands::ApproveClient;
//! use client_app::ports::ClientRef;
//! use clients_testkit::{Bank, Fault, People};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bank = Bank::start().await?;
//! let person = People::seeded(7).next().unwrap();
//!
//! // By the typed use cases …
//! let created = bank.clients().execute(&bank.caller("maker")?, person).await?.into_outcome();
//! bank.clock().advance(Duration::from_secs(3600));
//! let approve =
//!     ApproveClient { client: ClientRef::Key(created.client), notes: None, reviewed_look_alikes: vec![] };
//! bank.clients().execute(&bank.caller("checker")?, approve).await?;
//!
//! // … or over HTTP, with `bank.url("/api/bpm/qry")` and this token.
//! let token = bank.token("reader")?;
//! assert!(token.starts_with("ey"));
//!
//! // The storage fails as a database can fail.
//! bank.faults().next_commit(Fault::Unavailable);
//! let person = People::seeded(8).next().unwrap();
//! assert!(bank.clients().execute(&bank.caller("maker")?, person).await.is_err());
//! # Ok(())
//! # }
//! ```

mod bank;
mod controls;
mod movable_clock;
mod people;
mod webhook_receiver;

pub use adapter_inmem::{
    Fault, Faults, FixedClock, MemoryAccounts, MemoryBranches, MemoryContents, MemoryStore,
};
pub use bank::{Bank, BankBuilder, StartError};
pub use controls::TestControls;
pub use movable_clock::MovableClock;
pub use people::{People, as_form};
pub use webhook_receiver::{Delivery, NotVerified, WebhookReceiver};
