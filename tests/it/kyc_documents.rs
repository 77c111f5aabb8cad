//! KYC documents over a real socket: submission, review by another person, requirements, expiry; in memory and on
//! PostgreSQL.

mod files;
pub mod fixtures;
mod flow;
mod policy;
mod requests;
mod uploads;
mod watch;
