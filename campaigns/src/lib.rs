//! Campaigns: the service and its database are killed, cut off, raced and hung up on, and then the answers that callers
//! got are compared with the contents of the database.
//!
//! The parts are a throw-away PostgreSQL [`Cluster`] or [`DataFolder`], a [`Proxy`] that breaks connections, a [`Tracer`] that
//! records what reaches the disk, a [`Service`] that can be
//! killed, [`writers`] that repeat their orders under idempotency keys, a [`history`] of the answers they got and a
//! [`checker`] that compares it with the database. They know the service by its binary, its API and its tables only,
//! and use none of its code, so that a mistake there is not repeated here.

pub mod answers;
pub mod bench;
pub mod caller;
pub mod campaign;
pub mod checker;
pub mod clones;
pub mod cluster;
pub mod disk_image;
pub mod disk_names;
pub mod documents;
pub mod findings;
pub mod history;
pub mod inventory;
pub mod options;
pub mod patroni;
pub mod processes;
pub mod replay;
pub mod report;
pub mod schema;
pub mod system_call;
pub mod waves;
pub mod writers;

mod applicant;
mod data_folder;
mod error;
mod order;
mod proxy;
mod seeded;
mod service;
mod tools;
mod tracer;

pub use applicant::applicant;
pub use cluster::{Cluster, Stop};
pub use data_folder::DataFolder;
pub use error::RunError;
pub use order::{Actor, Order};
pub use proxy::{Fault, Proxy};
pub use seeded::Seeded;
pub use service::{Binary, SECRET, Service, Storage, plain_http};
pub use tools::Tools;
pub use tracer::{Syncs, Trace, Tracer};
