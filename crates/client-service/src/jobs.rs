//! Background jobs, which run beside the requests under one supervisor.

pub(crate) mod backlog;
pub(crate) mod clock;
pub(crate) mod delivery;
pub(crate) mod expiry;
pub(crate) mod garbage;
mod health;
pub(crate) mod keys;
pub(crate) mod lapse;
pub(crate) mod metrics;
pub(crate) mod normal_forms;
pub(crate) mod retention;
mod round;
pub(crate) mod supervisor;
