use bytes::Bytes;
use futures_util::stream::BoxStream;

use crate::failure::Failure;

/// The pieces of a file as they arrive. A failure ends the stream.
pub type IncomingContent = BoxStream<'static, Result<Bytes, Failure>>;
