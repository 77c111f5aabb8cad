//! The kit as a test of another program uses it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first unexpected value")]

mod bank;
mod people;
