//! Files of documents as streams.

pub(crate) mod download;
pub(crate) mod upload;

pub use download::{OpenedContent, verified};
pub use upload::{ContentRecording, IncomingBytes};
