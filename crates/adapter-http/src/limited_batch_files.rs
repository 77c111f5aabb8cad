//! The files of batches for other routes of the program, within the limits of the API.

use async_trait::async_trait;
use client_app::{Caller, RequestContext};
use client_wire::spec::OperationKind;
use client_wire::{BatchDownload, BatchFileKind, BatchFiles, Code, Failure, IncomingContent, Reply};
use futures_util::StreamExt as _;

use crate::admission::RequestClass;
use crate::admission::running_operations::ThreadPool;
use crate::envelope::failure_of;
use crate::limited_operations::LimitedOperations;

#[async_trait]
impl BatchFiles for LimitedOperations {
    async fn receive_batch(
        &self,
        batch: &str,
        bytes: IncomingContent,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        let state = self.state();
        if let Some(limit) = &state.rate_limit {
            limit.take(&context.caller.actor.id)?;
        }
        let permit = state.admission.admit(&context.caller, RequestClass::Transfer).await?;
        let (application, batch) = (state.operations.application(), batch.to_owned());
        let operation = async move {
            let _permit = permit;
            let files = application.batch_files().ok_or_else(|| failure_of(Code::PathNotFound))?;
            files.receive_batch(&batch, bytes, context).await
        };
        let end = self.deadline() + state.limits.content_timeout;
        state.operations.run(OperationKind::Command, ThreadPool::Blocking, end, Box::pin(operation)).await
    }

    async fn batch_file(
        &self,
        batch: &str,
        kind: BatchFileKind,
        caller: Caller,
    ) -> Result<BatchDownload, Failure> {
        self.take_read(&caller)?;
        let state = self.state();
        let permit = state.admission.admit(&caller, RequestClass::Transfer).await?;
        let (application, batch) = (state.operations.application(), batch.to_owned());
        let operation = async move {
            let files = application.batch_files().ok_or_else(|| failure_of(Code::PathNotFound))?;
            files.batch_file(&batch, kind, caller).await
        };
        let download = state
            .operations
            .run(OperationKind::Query, ThreadPool::Async, self.deadline(), Box::pin(operation))
            .await?;
        // The permit belongs to the bytes: a download counts until it is sent.
        let bytes = download.bytes.map(move |piece| {
            let _held = &permit;
            piece
        });
        Ok(BatchDownload { bytes: bytes.boxed(), ..download })
    }
}
