//! placeholder
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod ports;

mod caller;
mod failure;
mod operations;
mod reply;
mod request;
pub use caller::Caller;
pub use failure::{Code, Failure, Item, Status};
pub use operations::Operations;
pub use reply::Reply;
pub use request::{IdempotencyKey, RequestContext, RequestId};
