//! The wire contract of the client service: JSON requests and answers by the name of an operation.
//!
//! The use cases are in `client-app`, as structs of parsed values. This crate reads them from JSON and writes their
//! outcomes as JSON. An adapter such as HTTP calls [`Operations`], which [`client_app::Clients`] implements.
//!
//! | where | what |
//! | --- | --- |
//! | [`Operations`] | every command and query, by name |
//! | [`spec`], [`OPERATIONS`] | the name, the request and the answer of each operation, as data |
//! | `commands`, `queries` | one file for each operation: its specification, its parser, its answer |
//! | `form` | parses the members of a request, and reports all errors together |
//! | `client_view`, `summary_view`, `kyc_view` | clients, documents and addresses as answers show them |
//! | [`predicate`] | the two forms of predicates, JSON and text: readers, writers, and the place of each error |
//! | [`rights`] | which members of an answer need which permission |
//! | [`Failure`], [`Code`], [`Status`] | failed requests, and the one catalogue of codes |
//! | [`read_kyc_policy`] | a KYC policy from JSON |
//! | [`OperationRequest`] | the body of a request: a name and its data |
//! | [`strict_json`], [`node_count`] | JSON without duplicate members, and the limit on the number of its values |
//! | [`description`] | the API as an `OpenAPI` 3.1 document, generated from the specifications |
//! | [`BatchFiles`], [`BatchWorker`] | files of batches, row by row |
//! | [`ClientExports`] | exports of clients as files |
//! | `canonical` | the digest that two requests under one idempotency key must share |

pub mod node_count;
pub mod predicate;
pub mod rights;
pub mod spec;
pub mod strict_json;

mod batch;
mod batch_error;
mod batch_files;
mod canonical;
mod catalogue;
mod client_view;
mod code;
mod commands;
mod concealed;
mod displayed;
mod export_download;
mod export_error;
mod export_writing;
mod failure;
mod field;
mod form;
mod incoming_content;
mod kyc_policy;
mod kyc_view;
mod nearest;
mod openapi;
mod operation_request;
mod operations;
mod queries;
mod refused;
mod reply;
mod reply_data;
mod report_file;
mod report_records;
mod row_file;
mod search_error;
mod shape;
mod status;
mod summary_view;
mod unknown_operation;
mod use_case_error;
mod use_case_span;
mod value_view;

pub use batch::{BatchWorker, batch_commands};
pub use batch_files::{BatchDownload, BatchFileKind, BatchFiles, WORKBOOK};
pub use catalogue::{OPERATIONS, find as find_operation};
pub use code::Code;
pub use export_download::{ClientExports, ExportDownload};
pub use failure::{Failure, Item};
pub use incoming_content::IncomingContent;
pub use kyc_policy::read_kyc_policy;
pub use openapi::{description, description_by_operation};
pub use operation_request::OperationRequest;
pub use operations::Operations;
pub use queries::lifecycle::lifecycle_json;
pub use queries::search_as_text::search_as_text;
pub use reply::{Outcome, Reply};
pub use reply_data::ReplyData;
pub use report_file::ReportFile;
pub use report_records::ReportRecords;
pub use row_file::record as csv_record;
pub use status::Status;
