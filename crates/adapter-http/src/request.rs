//! From a request to an operation and back.

pub(crate) mod body;
mod body_allowance;
pub(crate) mod caller;
pub(crate) mod dispatch;
pub(crate) mod headers;
pub(crate) mod log_position;
pub(crate) mod path_values;
pub(crate) mod rejection;
