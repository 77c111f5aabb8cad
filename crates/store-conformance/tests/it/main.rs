//! The suite against its own store, and against storages that break a promise.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect is to stop")]

mod broken;
mod map_store;
