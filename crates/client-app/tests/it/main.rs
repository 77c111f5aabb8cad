//! The use cases as an embedder calls them: typed commands and queries, and the calls to each port.

#![expect(clippy::unwrap_used, reason = "a test stops at the first unexpected value")]

mod fixtures;
mod moments;
mod ports;
mod replicas;
mod typed;
