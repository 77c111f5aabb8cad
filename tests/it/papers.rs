//! Papers over a real socket: handed in, reviewed by somebody else, demanded, running out; on the store in memory and on
//! PostgreSQL.

mod files;
mod flow;
pub mod ground;
mod policy;
mod uploads;
mod watch;
