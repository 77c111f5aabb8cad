//! Files of documents as streams.

pub(crate) mod download;
pub(crate) mod upload;

pub use download::OpenedContent;
pub use upload::{ContentRecording, IncomingBytes};
