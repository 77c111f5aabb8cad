//! The business rules of a bank's clients, as plain values and pure functions.
//!
//! Nothing in this crate waits, reads a clock, generates random numbers or talks to a database. Time, actor
//! and fresh keys are arguments; the result is a decision or a refusal. So the rules can be embedded in any
//! service, tested without mocks, and compiled for `wasm32-unknown-unknown`.
//!
//! Read it in this order; it takes ten minutes:
//!
//! 1. [`lifecycle`]: the one table that says which [`ClientState`] may follow which, with which permission,
//!    under which guards, and the second table of the activities that each state allows.
//! 2. [`client`]: the [`Client`] and the operations on it, one file per kind of decision.
//! 3. [`value`]: the parsed values that a client consists of. A value that exists is valid.
//! 4. [`refusal`] and [`event`]: the two possible results, "no, because" and "yes, and this happened".
//! 5. [`claim`]: what makes two clients duplicates of each other.
//!    [`look_alike`]: what makes two clients look like the same person.
//! 6. [`kyc`]: the documents that a client submits, their review, and what the bank requires.
//! 7. [`reason`]: the codes that a bank lists for reasons.
//! 8. [`text`]: the normal forms in which texts are compared.
//! 9. [`search`]: the one predicate type and what it means.
//!
//! # Example
//!
//! ```
//! use client_domain::lifecycle::{Action, Facts};
//! use client_domain::{Actor, AuditStamp, Client, ClientState, Justification, example};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
//! let checker = AuditStamp::new(Actor::parse("checker-7")?, "2026-01-06T10:30:00Z".parse()?);
//! let facts = Facts { four_eyes: true, ..Facts::without_controls() };
//!
//! let client = Client::onboard(example::application()?, &maker).client;
//! assert_eq!(client.state(), ClientState::PendingApproval);
//!
//! // The maker of the client does not approve it …
//! let refusal = client.perform(Action::Approve, Justification::default(), &facts, &maker).unwrap_err();
//! assert_eq!(refusal.code(), "four_eyes");
//!
//! // … another person does.
//! let approved = client.perform(Action::Approve, Justification::default(), &facts, &checker)?.client;
//! assert_eq!(approved.state(), ClientState::Approved);
//! assert_eq!(approved.version().get(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! - `serde`: `Serialize` and `Deserialize` of [`Client`], [`ClientSnapshot`], [`ClientEvent`], the values and
//!   [`kyc::KycPolicy`], for a store of your own. What is read passes the same rules as everything else: a client whose parts
//!   contradict each other does not come back. A member that a later release adds has a default, so what this release
//!   writes is read by later ones.

pub mod actor;
pub mod bank_calendar;
pub mod claim;
mod claim_kind;
pub mod client;
mod conversions;
pub mod event;
pub mod example;
pub mod kyc;
pub mod lifecycle;
pub mod look_alike;
mod newer;
pub mod permission;
pub mod person;
pub mod reason;
pub mod refusal;
pub mod search;
pub mod text;
pub mod value;

pub use actor::{Actor, ActorId, AuditStamp};
pub use bank_calendar::BankCalendar;
pub use claim::{AddedClaim, Claim, ClaimKind};
pub use client::{Client, ClientField, ClientSnapshot, Decision, Justification};
pub use event::{ClientEvent, EventKind};
pub use lifecycle::ClientState;
pub use look_alike::Resemblance;
pub use permission::{Permission, Permissions};
pub use person::Person;
pub use refusal::{Blocker, Refusal, RefusalKind};
pub use value::Invalid;
