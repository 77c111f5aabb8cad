//! placeholder
mod caller;
mod failure;
mod reply;
mod request;
pub use caller::Caller;
pub use failure::{Code, Failure, Item, Status};
pub use reply::Reply;
pub use request::{IdempotencyKey, RequestContext, RequestId};
