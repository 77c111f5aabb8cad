//! The protocols between tasks that the database adapter is built on. Nothing here knows a database.
//!
//! | module | what it decides |
//! | --- | --- |
//! | [`batcher`] | which caller leads a batch, which callers are its members, and the answer of each |
//! | [`permits`] | how many operations of each kind run concurrently |
//! | [`idle_stack`] | which idle connection is used next, and which is checked or closed first |
//!
//! Each module uses only `sync`; no module uses another one. The crate `schedules` compiles these files with a `sync` of
//! its own, in which Shuttle chooses the task that runs next.

pub mod batcher;
pub mod idle_stack;
pub mod permits;

mod sync;
