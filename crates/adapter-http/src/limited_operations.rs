//! The operations for other routes of the program, within the limits of the API.

use std::sync::Arc;

use async_trait::async_trait;
use client_app::{Caller, OpenedContent, Readiness, RequestContext};
use client_wire::spec::OperationKind;
use client_wire::{Failure, IncomingContent, Operations, Reply};
use futures_util::StreamExt as _;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::admission::RequestClass;
use crate::admission::running_operations::ThreadPool;
use crate::documents::open_within_limits;
use crate::request::dispatch::{class, with_retry_after};
use crate::state::AppState;

/// The operations of the API: admitted, run to their end and timed out as for a request of the API.
///
/// A page asks many queries and dry runs at once, so the rate of a caller counts the commands that write.
pub(crate) struct LimitedOperations(Arc<AppState>);

impl LimitedOperations {
    pub(crate) const fn new(state: Arc<AppState>) -> Self {
        Self(state)
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.0.limits.request_timeout
    }
}

#[async_trait]
impl Operations for LimitedOperations {
    fn known_name(&self, name: &str) -> Option<&'static str> {
        self.0.operations.known_name(name)
    }

    async fn command_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        context: RequestContext,
    ) -> Result<Reply, Failure> {
        let state = &self.0;
        if let Some(limit) = state.rate_limit.as_ref().filter(|_| !context.dry_run) {
            limit.take(&context.caller.actor.id)?;
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
        let outcome = state.operations.run(OperationKind::Command, pool, self.deadline(), operation).await;
        outcome.map_err(|failure| with_retry_after(failure, repeatable))
    }

    async fn query_by_name(
        &self,
        name: &str,
        data: Map<String, Value>,
        caller: Caller,
    ) -> Result<Reply, Failure> {
        let state = &self.0;
        let permit = state.admission.admit(&caller, class(name)).await?;
        let (application, name) = (state.operations.application(), name.to_owned());
        let operation = async move {
            let _permit = permit;
            application.query_by_name(&name, data, caller).await
        };
        state.operations.run(OperationKind::Query, ThreadPool::Async, self.deadline(), operation).await
    }

    async fn document_content(&self, document: &str, caller: Caller) -> Result<OpenedContent, Failure> {
        let (content, permit) = open_within_limits(&self.0, document.to_owned(), caller).await?;
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
        let permit = self.0.admission.admit(&context.caller, RequestClass::Transfer).await?;
        let (application, document) = (self.0.operations.application(), document.to_owned());
        let operation = async move {
            let _permit = permit;
            application.replace_document_content(&document, bytes, context).await
        };
        let end = self.deadline() + self.0.limits.content_timeout;
        self.0.operations.run(OperationKind::Command, ThreadPool::Blocking, end, operation).await
    }

    async fn ready(&self) -> Readiness {
        self.0.operations.application().ready().await
    }
}
