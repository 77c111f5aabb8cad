//! What an adapter asks of the files of batches.

use async_trait::async_trait;
use bytes::Bytes;
use client_app::{Caller, Error, RequestContext};
use futures_util::stream::BoxStream;

use crate::failure::Failure;
use crate::incoming_content::IncomingContent;
use crate::reply::Reply;

/// The media type of CSV as the service writes it.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";

/// The media type of an XLSX workbook.
pub const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The files of batches, for adapters such as HTTP. They are streamed both ways, and never in memory as a whole;
/// except a workbook that is received.
#[async_trait]
pub trait BatchFiles: Send + Sync {
    /// Receives the file of a batch. A batch that has its file already is answered as it is.
    async fn receive_batch(
        &self,
        batch: &str,
        bytes: IncomingContent,
        context: RequestContext,
    ) -> Result<Reply, Failure>;

    /// Opens a file with rows of a batch.
    async fn batch_file(
        &self,
        batch: &str,
        kind: BatchFileKind,
        caller: Caller,
    ) -> Result<BatchDownload, Failure>;
}

/// A file with rows of a batch.
pub struct BatchDownload {
    /// Its bytes, piece by piece. An error ends it early.
    pub bytes: BoxStream<'static, Result<Bytes, Error>>,
    /// Its media type.
    pub media_type: &'static str,
    /// A name for it, without personal data.
    pub file_name: String,
}

impl std::fmt::Debug for BatchDownload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchDownload").field("file_name", &self.file_name).finish_non_exhaustive()
    }
}

/// Which rows of a batch are sent back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchFileKind {
    /// Every row in the order of the file, with what became of it.
    Results,
    /// Exactly the refused rows, each with the reasons, to be corrected and sent again.
    Corrections,
    /// Exactly the rows that were not tried, to be sent again.
    NotTried,
}

impl BatchFileKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Results, Self::Corrections, Self::NotTried];

    /// The last segment of its path.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Results => "results",
            Self::Corrections => "corrections",
            Self::NotTried => "not-tried",
        }
    }

    /// Reads the last segment of a path.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == raw)
    }
}
