//! End-to-end and cross-adapter tests.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect is to stop")]

mod third_adapter;
