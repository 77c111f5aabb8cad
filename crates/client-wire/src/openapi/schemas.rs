//! The schemas of requests and answers, by name.

mod builders;
mod description;
mod exclusion;
mod filter;
mod member;
mod nullable;
mod reply;
mod request;

use utoipa::openapi::{RefOr, Schema};

pub(crate) use builders::{enumeration, flag, integer, requiring, text};
pub(crate) use reply::{envelope, envelope_name};
pub(crate) use request::{about, data_name, example, export_request};

/// The schemas of every operation, and of the filters that some of them take.
pub(crate) fn all() -> impl Iterator<Item = (String, RefOr<Schema>)> {
    request::schemas().chain(filter::schemas()).chain(reply::schemas())
}
