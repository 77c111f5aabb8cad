//! The use cases as an embedder calls them: typed commands and queries, and how often each port is called.

mod fixtures;
mod ports;
mod typed;
