//! Files of documents as streams.

mod download;
mod upload;

pub use download::OpenedContent;
pub use upload::{ContentRecording, IncomingBytes};
