//! The pages, one file each.

pub(crate) mod activity;
pub(crate) mod approvals;
pub(crate) mod batch;
pub(crate) mod batches;
pub(crate) mod chosen_clients;
pub(crate) mod client;
pub(crate) mod clients;
pub(crate) mod decide;
pub(crate) mod document;
pub(crate) mod exports;
pub(crate) mod lifecycle;
pub(crate) mod me;
pub(crate) mod onboard;
pub(crate) mod operations;
pub(crate) mod policy;
pub(crate) mod queue;
pub(crate) mod reports;
pub(crate) mod search_address;
pub(crate) mod views;
