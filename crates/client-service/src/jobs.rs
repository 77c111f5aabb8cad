//! Work that goes on beside the requests, each job under one supervisor.

mod backlog;
mod clock;
mod contents;
mod delivery;
mod expiry;
mod health;
mod keys;
mod metrics;
mod retention;
mod supervisor;

pub(crate) use backlog::watch as watch_backlog;
pub(crate) use clock::compare as compare_clocks;
pub(crate) use contents::collect as collect_contents;
pub(crate) use delivery::deliver;
pub(crate) use expiry::watch as watch_expiry;
pub(crate) use keys::refresh as refresh_keys;
pub(crate) use metrics::upkeep as upkeep_metrics;
pub(crate) use retention::{Retention, enforce as enforce_retention};
pub(crate) use supervisor::Supervisor;
