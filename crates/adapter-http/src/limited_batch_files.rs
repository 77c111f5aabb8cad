//! The files of batches for other routes of the program, within the limits of the API.

use async_trait::async_trait;
use client_app::{Caller, RequestContext};
use client_wire::{BatchDownload, BatchFileKind, BatchFiles, Failure, IncomingContent, Reply};
use futures_util::StreamExt as _;

use crate::batches::{open_within_limits, receive_within_limits};
use crate::limited_operations::LimitedOperations;

#[async_trait]
impl BatchFiles for LimitedOperations {
    async fn receive_batch(
        &self,
        batch: &str,
        bytes: IncomingContent,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        self.take_write(&context.caller)?;
        receive_within_limits(self.state(), batch.to_owned(), bytes, context).await
    }

    async fn batch_file(
        &self,
        batch: &str,
        kind: BatchFileKind,
        caller: Caller,
    ) -> Result<BatchDownload, Failure> {
        self.take_read(&caller)?;
        let (download, permit) = open_within_limits(self.state(), batch.to_owned(), kind, caller).await?;
        // The permit belongs to the bytes: a download counts until it is sent.
        let bytes = download.bytes.map(move |piece| {
            let _held = &permit;
            piece
        });
        Ok(BatchDownload { bytes: bytes.boxed(), ..download })
    }
}
