//! The binary as its users meet it: flags, environment, exit codes, logs, and the examples of the README and the tutorial.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test that meets what it does not expect is to stop"
)]

mod calls;
mod configuration_table;
mod first_minutes;
mod hanging_files;
mod large_bodies;
mod service;
mod serving;
mod telling;
