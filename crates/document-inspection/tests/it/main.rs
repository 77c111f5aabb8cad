//! Tests with the files in `tests/files`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that meets what it does not expect is to stop, and reads how much it is to do"
)]

mod eicar;
mod mutations;
mod speed;
mod verdicts;
