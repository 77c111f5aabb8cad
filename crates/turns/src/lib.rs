//! Who goes when: the protocols between tasks that the database adapter is built on, and nothing else of it.
//!
//! | module | what it decides |
//! | --- | --- |
//! | [`batcher`] | who carries out what several ask for at the same time, and who is told what |
//! | [`shares`] | how many of each kind of work go on at once |
//! | [`idle`] | which of the things that are kept is used next, and which no longer |
//!
//! Everything that one task says to another here goes through `sync`. The crate `schedules` has another `sync`, by which
//! Shuttle chooses what runs next, and compiles these very files with it.

pub mod batcher;
pub mod idle;
pub mod shares;

mod sync;
