//! The memory adapter: the conformance suite of every store, and the tests of its own features.

#![expect(clippy::unwrap_used, reason = "a failed expectation stops the test")]

mod conformance;
mod faults;
mod ports;
mod snapshots;
