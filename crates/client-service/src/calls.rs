//! Calls of a service over HTTP, for the commands that people give on a terminal: the connection, what its answers mean, and how
//! they are printed.

#![expect(
    clippy::doc_markdown,
    reason = "the comments of flags are the text of --help, where backticks would be noise"
)]

pub(crate) mod connection;
pub(crate) mod events;
pub(crate) mod output;
pub(crate) mod request;

mod answer;
mod attempts;
mod body;
mod command;
mod download;
mod file_format;
mod last_line;
mod pages;
#[cfg(test)]
pub(crate) mod scripted_service;
mod search;
mod sign_in;
mod table;
mod visible;

pub(crate) use command::{CommandArgs, ReasonArgs};
pub(crate) use download::Download;
pub(crate) use file_format::{Delimiter, Format, wire_name};
pub(crate) use pages::{each_page, pages};
pub(crate) use search::SearchArgs;
