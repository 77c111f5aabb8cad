//! Tests of the use cases that need files from outside: in one binary, because linking is what costs.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that meets what it does not expect is to stop, and reads how much it is to do"
)]

mod inspection_corpus;
mod inspection_mutations;
mod inspection_speed;
mod inspection_verdicts;
