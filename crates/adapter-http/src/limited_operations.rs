//! The operations for other routes of the program, within the limits of the API.

use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use client_app::{Caller, OpenedContent, Readiness, RequestContext};
use client_wire::spec::OperationKind;
use client_wire::{BatchFiles, Failure, IncomingContent, Operations, Reply};
use futures_util::StreamExt as _;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::admission::RequestClass;
use crate::admission::running_operations::ThreadPool;
use crate::documents::open_within_limits;
use crate::middleware::rate_limit::RateLimit;
use crate::request::dispatch::{class, with_retry_after};
use crate::state::AppState;

/// The operations of the API: admitted, run to their end and timed out as for a request of the API.
///
/// A command that writes counts as a request of its caller. A page asks many queries and dry runs at once, so those have a
/// rate of their own, which is as many times higher.
pub(crate) struct LimitedOperations {
    state: Arc<AppState>,
    reads: Option<RateLimit>,
}

/// How many queries and dry runs one page may ask; the page that asks most needs about half of them.
const READS_OF_A_PAGE: NonZeroU32 = NonZeroU32::new(16).unwrap();

impl LimitedOperations {
    pub(crate) fn new(state: Arc<AppState>) -> Self {
        let pages = state.limits.requests_per_second_per_caller;
        let reads = pages.map(|pages| RateLimit::new(pages.saturating_mul(READS_OF_A_PAGE)));
        Self { state, reads }
    }

    pub(crate) const fn state(&self) -> &Arc<AppState> {
        &self.state
    }

    /// Counts a query or a dry run.
    pub(crate) fn take_read(&self, caller: &Caller) -> Result<(), Failure> {
        self.reads.as_ref().map_or(Ok(()), |limit| limit.take(&caller.actor.id))
    }

    /// Counts a command that writes.
    pub(crate) fn take_write(&self, caller: &Caller) -> Result<(), Failure> {
        self.state.rate_limit.as_ref().map_or(Ok(()), |limit| limit.take(&caller.actor.id))
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.state.limits.request_timeout
    }
}

#[async_trait]
impl Operations for LimitedOperations {
    fn known_name(&self, name: &str) -> Option<&'static str> {
        self.state.operations.known_name(name)
    }

    async fn command_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        let state = &self.state;
        if context.dry_run {
            self.take_read(&context.caller)?;
        } else {
            self.take_write(&context.caller)?;
        }
        let has_file = data.contains_key("base64Doc");
        let (class, pool) = if has_file {
            (RequestClass::Transfer, ThreadPool::Blocking)
        } else {
            (RequestClass::Ordinary, ThreadPool::Async)
        };
        let permit = state.admission.admit(&context.caller, class).await?;
        let repeatable = context.idempotency_key.is_some();
        let (application, name) = (state.operations.application(), name.to_owned());
        let operation = async move {
            let _permit = permit;
            application.command_by_name(&name, data, context).await
        };
        let outcome =
            state.operations.run(OperationKind::Command, pool, self.deadline(), Box::pin(operation)).await;
        outcome.map_err(|failure| with_retry_after(failure, repeatable))
    }

    async fn query_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        caller: Caller,
    ) -> Result<Reply, Failure> {
        let state = &self.state;
        self.take_read(&caller)?;
        let permit = state.admission.admit(&caller, class(name)).await?;
        let (application, name) = (state.operations.application(), name.to_owned());
        let operation = async move {
            let _permit = permit;
            application.query_by_name(&name, data, caller).await
        };
        state
            .operations
            .run(OperationKind::Query, ThreadPool::Async, self.deadline(), Box::pin(operation))
            .await
    }

    async fn document_content(&self, document: &str, caller: Caller) -> Result<OpenedContent, Failure> {
        self.take_read(&caller)?;
        let (content, permit) = open_within_limits(&self.state, document.to_owned(), caller).await?;
        // The permit belongs to the bytes: a download counts until it is sent.
        let bytes = content.bytes.map(move |piece| {
            let _held = &permit;
            piece
        });
        Ok(OpenedContent { bytes: bytes.boxed(), ..content })
    }

    async fn replace_document_content(
        &self,
        document: &str,
        bytes: IncomingContent,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        self.take_write(&context.caller)?;
        let permit = self.state.admission.admit(&context.caller, RequestClass::Transfer).await?;
        let (application, document) = (self.state.operations.application(), document.to_owned());
        let operation = async move {
            let _permit = permit;
            application.replace_document_content(&document, bytes, context).await
        };
        let end = self.deadline() + self.state.limits.content_timeout;
        self.state
            .operations
            .run(OperationKind::Command, ThreadPool::Blocking, end, Box::pin(operation))
            .await
    }

    fn batch_files(&self) -> Option<&dyn BatchFiles> {
        self.state.operations.application().batch_files().is_some().then_some(self)
    }

    async fn ready(&self) -> Readiness {
        self.state.operations.application().ready().await
    }
}
