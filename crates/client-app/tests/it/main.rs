//! The use cases as an embedder calls them: typed commands and queries, and the calls to each port.

mod fixtures;
mod ports;
mod typed;
