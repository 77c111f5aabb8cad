//! snapshot
pub mod actor;
pub mod permission;
pub mod value;
pub use actor::{Actor, ActorId, Stamp};
pub use permission::{Permission, Permissions};
pub use value::Invalid;
