//! The files of `turns`, compiled against another `sync`: one in which Shuttle decides after each step which task goes on.
//!
//! So the schedules are those of the code that is shipped, and `cargo test --workspace` plays them without a build of its
//! own, which a `cfg` for everything would take.

#[path = "../../../crates/turns/src/batcher.rs"]
pub mod batcher;
#[path = "../../../crates/turns/src/idle.rs"]
pub mod idle;
#[path = "../../../crates/turns/src/shares.rs"]
pub mod shares;

mod sync;
