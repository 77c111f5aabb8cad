//! The files of batches, streamed both ways: no file is ever held whole in memory.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use client_app::{Caller, RequestContext, RequestId};
use client_wire::spec::OperationKind;
use client_wire::{BatchDownload, BatchFileKind, Code, Failure, IncomingContent, Item, Reply, WORKBOOK};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::time::Instant;

use crate::admission::running_operations::ThreadPool;
use crate::admission::{Permit, RequestClass};
use crate::attachment::attach;
use crate::documents::{incoming, labelled};
use crate::envelope::{self, failure_of};
use crate::request::caller::authenticate;
use crate::request::dispatch::with_retry_after;
use crate::request::headers::OperationHeaders;
use crate::request::path_values::PathValues;
use crate::request::rejection::Rejection;
use crate::state::AppState;
use crate::transfer_deadline::TransferDeadline;

/// The paths of the file of a batch, and of rows of it.
pub(crate) use client_wire::spec::{BATCH_CONTENT_PATH as CONTENT_PATH, BATCH_FILE_PATH as FILE_PATH};

pub(crate) async fn put(
    State(state): State<Arc<AppState>>,
    Extension(id): Extension<RequestId>,
    PathValues(batch): PathValues<String>,
    request: Request,
) -> Response {
    let response = match receive(&state, id, batch, request).await {
        Ok(reply) => envelope::success_response(&reply),
        Err(rejection) => rejection.into_response(),
    };
    labelled(response, "BatchContent")
}

pub(crate) async fn get(
    State(state): State<Arc<AppState>>,
    PathValues((batch, file)): PathValues<(String, String)>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let response = match open(&state, batch, &file, &parts).await {
        Ok((download, permit)) => sent(download, permit),
        Err(rejection) => rejection.into_response(),
    };
    labelled(response, "BatchFile")
}

async fn receive(
    state: &AppState,
    request_id: RequestId,
    batch: String,
    request: Request,
) -> Result<Reply, Rejection> {
    let deadline = Instant::now() + state.limits.content_timeout;
    let (parts, body) = request.into_parts();
    let caller = authenticate(state, &parts.headers, &parts.extensions).await?;
    check_type(&parts.headers)?;
    let headers = OperationHeaders::of_path(&parts, OperationKind::Command)?;
    let context = RequestContext {
        idempotency_key: headers.idempotency_key,
        expected_version: headers.expected_version,
        ..RequestContext::new(caller, request_id)
    };
    let bytes = incoming(body, TransferDeadline::new(state.limits.min_bytes_per_second, deadline));
    let outcome = receive_within_limits(state, batch, bytes, context).await;
    // The same file may be sent again.
    Ok(outcome.map_err(|failure| with_retry_after(failure, true))?)
}

/// Receives the file of a batch for an authenticated caller: admitted as a transfer, with the time of one and then that of any
/// other command.
pub(crate) async fn receive_within_limits(
    state: &AppState,
    batch: String,
    bytes: IncomingContent,
    context: RequestContext,
) -> Result<Reply, Failure> {
    let end = Instant::now() + state.limits.content_timeout + state.limits.request_timeout;
    let permit = state.admission.admit(&context.caller, RequestClass::Transfer).await?;
    let application = state.operations.application();
    let operation = async move {
        let _permit = permit;
        let files = application.batch_files().ok_or_else(|| failure_of(Code::PathNotFound))?;
        files.receive_batch(&batch, bytes, context).await
    };
    state.operations.run(OperationKind::Command, ThreadPool::Blocking, end, Box::pin(operation)).await
}

/// What the file of a batch may be sent as.
const TYPES: [&str; 4] = ["text/csv", "application/x-ndjson", WORKBOOK, "application/octet-stream"];

/// The media type is one of a batch, or not given. A compressed body could be of any size.
fn check_type(headers: &HeaderMap) -> Result<(), Failure> {
    let known = |value: &HeaderValue| {
        let essence = value.to_str().unwrap_or("-").split(';').next().unwrap_or_default().trim();
        TYPES.iter().any(|name| essence.eq_ignore_ascii_case(name))
    };
    let plain = headers.get_all(CONTENT_ENCODING).iter().all(|coding| coding.as_bytes() == b"identity");
    if headers.get_all(CONTENT_TYPE).iter().all(known) && plain {
        return Ok(());
    }
    let message = format!("The content type is none of {}.", TYPES.join(", "));
    Err(Failure::of(Item::new(Code::UnsupportedMediaType, message)))
}

async fn open(
    state: &AppState,
    batch: String,
    file: &str,
    parts: &Parts,
) -> Result<(BatchDownload, Permit), Rejection> {
    let caller = authenticate(state, &parts.headers, &parts.extensions).await?;
    OperationHeaders::of_path(parts, OperationKind::Query)?;
    let kind = BatchFileKind::parse(file).ok_or_else(|| failure_of(Code::PathNotFound))?;
    Ok(open_within_limits(state, batch, kind, caller).await?)
}

/// Opens rows of a batch for an authenticated caller: admitted as a transfer, which they are until the permit is dropped.
pub(crate) async fn open_within_limits(
    state: &AppState,
    batch: String,
    kind: BatchFileKind,
    caller: Caller,
) -> Result<(BatchDownload, Permit), Failure> {
    let deadline = Instant::now() + state.limits.request_timeout;
    let permit = state.admission.admit(&caller, RequestClass::Transfer).await?;
    let application = state.operations.application();
    let operation = async move {
        let files = application.batch_files().ok_or_else(|| failure_of(Code::PathNotFound))?;
        Ok((files.batch_file(&batch, kind, caller).await?, permit))
    };
    state.operations.run(OperationKind::Query, ThreadPool::Async, deadline, Box::pin(operation)).await
}

/// The rows as an attachment.
fn sent(download: BatchDownload, permit: Permit) -> Response {
    let BatchDownload { bytes, media_type, file_name } = download;
    // The permit belongs to the body: a download counts until it is sent.
    let pieces = bytes.map(move |piece| {
        let _held = &permit;
        piece
    });
    let pieces =
        pieces.inspect_err(|error| tracing::error!(%error, "the download of rows of a batch failed"));
    let mut response = Response::new(Body::from_stream(pieces));
    attach(&mut response, media_type, &file_name);
    response
}
