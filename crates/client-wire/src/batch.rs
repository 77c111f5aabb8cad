//! Files of batches: read row by row, executed, and written back with what became of each row.
//!
//! | module | purpose |
//! | --- | --- |
//! | [`files`] | receives a file, and answers with files |
//! | [`rows`] | bytes become rows, whatever pieces they arrive in |
//! | [`columns`] | which member of the command a column holds |
//! | [`cell`] | cells that a spreadsheet would execute |
//! | [`row_request`] | a row becomes a command |
//! | [`worker`] | executes rows |
//! | [`download`] | rows become bytes |

pub(crate) mod cell;
mod columns;
mod csv_rows;
mod download;
mod files;
mod limits;
mod line_rows;
mod row_request;
mod rows;
mod upload_fault;
mod worker;

pub use columns::names as batch_commands;
pub use worker::BatchWorker;
