//! The files of `concurrency`, compiled against another `sync`: one in which Shuttle decides after each step which task goes on.
//!
//! So the schedules are those of the code that is shipped, and `cargo test --workspace` plays them without a build of its
//! own, which a `cfg` for everything would take.

#[path = "../../../crates/concurrency/src/batcher.rs"]
pub mod batcher;
#[path = "../../../crates/concurrency/src/idle_stack.rs"]
pub mod idle_stack;
#[path = "../../../crates/concurrency/src/permits.rs"]
pub mod permits;

mod sync;
