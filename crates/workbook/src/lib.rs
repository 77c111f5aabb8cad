#![doc = include_str!("../README.md")]

mod cell_text;
mod inflation;
mod limits;
mod rejection;
mod table;
mod table_reader;
mod table_writer;

pub use limits::Limits;
pub use rejection::Rejection;
pub use table_reader::read;
pub use table_writer::{TableWriter, WriteError};
