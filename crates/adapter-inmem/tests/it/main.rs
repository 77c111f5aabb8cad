//! The memory adapter: the suite of every store, and what only this one can.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect is to stop")]

mod conformance;
mod faults;
mod ports;
mod snapshots;
