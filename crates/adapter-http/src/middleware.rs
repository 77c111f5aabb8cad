//! What every request passes before its handler, or every response after it.

pub(crate) mod access_log;
mod framing;
mod method;
pub(crate) mod page_coding;
pub(crate) mod panic;
pub(crate) mod rate_limit;
pub(crate) mod request_id;
pub(crate) mod request_log;
mod request_trace;
mod unread_body;
pub(crate) mod url_parameters;
