//! A copy of everything that another store holds, into an empty database.
//!
//! Each batch is a statement, and everything comes in the order of its primary key. So what is there says how far a copy
//! has come. The table `client_copy` is there until the copy is finished, with a digest of what is copied, and no service starts
//! beside it.

mod batches;
mod opening;
mod rows;
mod source;
mod target;

pub use source::ImportSource;
pub use target::Import;
