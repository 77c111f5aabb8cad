//! What the client service says on the wire: JSON objects by the name of an operation, in and out.
//!
//! The use cases themselves are in `client-app`, as structs of parsed values; this crate reads them from JSON and writes
//! what they come to as JSON. An adapter such as HTTP calls [`Operations`], which [`client_app::Clients`] implements.
//!
//! | where | what |
//! | --- | --- |
//! | [`Operations`] | every command and query, by name |
//! | [`spec`], [`OPERATIONS`] | what each operation is called, takes and answers, as data |
//! | `commands`, `queries` | one file for each operation: its specification, how it is read, what it answers |
//! | `form` | members of a request into parsed values, with every error at once |
//! | `client_view`, `kyc_view` | clients, documents and addresses as answers show them |
//! | [`rights`] | which members of an answer take which permission |
//! | [`Failure`], [`Code`], [`Status`] | every "no", and the one catalogue of codes |
//! | [`read_kyc_policy`] | a KYC policy from JSON |
//! | [`OperationRequest`] | the body of a request: a name and its data |
//! | [`strict_json`], [`node_count`] | JSON without second meanings, and without more values than any request needs |
//! | [`description`] | the API as an `OpenAPI` 3.1 document, made from the specifications |
//! | `canonical` | what two requests under one idempotency key must have in common |

pub mod node_count;
pub mod rights;
pub mod spec;
pub mod strict_json;

mod canonical;
mod catalogue;
mod client_view;
mod commands;
mod failure;
mod form;
mod kyc_policy;
mod kyc_view;
mod nearest;
mod openapi;
mod operation_request;
mod operations;
mod queries;
mod reply;

pub use catalogue::{OPERATIONS, find as find_operation};
pub use failure::{Code, Failure, Item, Status};
pub use kyc_policy::read_kyc_policy;
pub use openapi::{description, description_by_operation};
pub use operation_request::OperationRequest;
pub use operations::{IncomingContent, Operations};
pub use queries::lifecycle::lifecycle_json;
pub use reply::{Outcome, Reply};
