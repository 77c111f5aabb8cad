//! Background jobs, which run beside the requests under one supervisor.

pub(crate) mod backlog;
pub(crate) mod batches;
pub(crate) mod clock;
mod delivered_events;
pub(crate) mod delivery;
mod expiry;
pub(crate) mod garbage;
mod health;
#[cfg(feature = "console")]
pub(crate) mod identity_provider;
pub(crate) mod keys;
mod kyc_statuses;
mod lapse;
pub(crate) mod metrics;
pub(crate) mod normal_forms;
pub(crate) mod population;
pub(crate) mod replication;
pub(crate) mod retention;
mod round;
pub(crate) mod secret_files;
pub(crate) mod supervisor;

use client_app::Clients;

use self::supervisor::Supervisor;

/// Starts the jobs that follow the calendar of the bank: notices of expiry, applications that lapse, and KYC statuses.
pub(crate) fn follow_the_calendar(supervisor: &Supervisor, clients: &Clients) {
    expiry::watch(supervisor, clients);
    lapse::end(supervisor, clients);
    kyc_statuses::renew(supervisor, clients);
}
