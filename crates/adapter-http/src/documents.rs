//! The files of KYC documents, streamed both ways: no file is ever held whole in memory.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::header::{ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_app::ports::LogPosition;
use client_app::{Caller, MAX_CONTENT, OpenedContent, RequestContext, RequestId};
use client_domain::kyc::MediaType;
use client_wire::spec::OperationKind;
use client_wire::{Code, Failure, IncomingContent, Item, Reply, Status};
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::admission::running_operations::ThreadPool;
use crate::admission::{Permit, RequestClass};
use crate::attachment::attach;
use crate::envelope::{self, failure_of};
use crate::metrics::{OperationLabel, count_missing_content};
use crate::request::caller::authenticate;
use crate::request::dispatch::with_retry_after;
use crate::request::headers::OperationHeaders;
use crate::request::log_position::log_position;
use crate::request::path_values::PathValues;
use crate::request::rejection::Rejection;
use crate::state::AppState;
use crate::transfer_deadline::TransferDeadline;

/// The path of a document's file.
pub(crate) use client_wire::spec::DOCUMENT_CONTENT_PATH as PATH;

/// The digest of the file that is sent (RFC 9530).
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

pub(crate) async fn get(
    State(state): State<Arc<AppState>>,
    PathValues(document): PathValues<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let response = match open(&state, document, &parts).await {
        Ok((content, permit)) => download(content, permit),
        Err(rejection) => rejection.into_response(),
    };
    labelled(response, "IdentityDocumentContent")
}

pub(crate) async fn put(
    State(state): State<Arc<AppState>>,
    Extension(id): Extension<RequestId>,
    PathValues(document): PathValues<String>,
    request: Request,
) -> Response {
    let response = match replace(&state, id, document, request).await {
        Ok((reply, written)) => envelope::replicated_response(&reply, None, written),
        Err(rejection) => rejection.into_response(),
    };
    labelled(response, "ReplaceIdentityDocumentContent")
}

pub(crate) fn labelled(mut response: Response, name: &'static str) -> Response {
    response.extensions_mut().insert(OperationLabel(name));
    response
}

async fn open(
    state: &AppState,
    document: String,
    parts: &Parts,
) -> Result<(OpenedContent, Permit), Rejection> {
    let caller = authenticate(state, &parts.headers, &parts.extensions).await?;
    OperationHeaders::of_path(parts, OperationKind::Query)?;
    Ok(open_within_limits(state, document, caller).await?)
}

/// Opens a file for an authenticated caller: admitted as a transfer, which it is until its permit is dropped.
pub(crate) async fn open_within_limits(
    state: &AppState,
    document: String,
    caller: Caller,
) -> Result<(OpenedContent, Permit), Failure> {
    let deadline = Instant::now() + state.limits.request_timeout;
    let permit = state.admission.admit(&caller, RequestClass::Transfer).await?;
    let application = state.operations.application();
    let operation = async move { Ok((application.document_content(&document, caller).await?, permit)) };
    let opened =
        state.operations.run(OperationKind::Query, ThreadPool::Async, deadline, Box::pin(operation)).await;
    if let Err(failure) = &opened
        && failure.has(Code::ContentMissing)
    {
        count_missing_content();
    }
    // Not 408: the storage is slow, not the caller.
    let slow = |failure: &Failure| failure.status == Status::RequestTimeout;
    opened.map_err(|failure| if slow(&failure) { failure_of(Code::StoreUnavailable) } else { failure })
}

async fn replace(
    state: &AppState,
    request_id: RequestId,
    document: String,
    request: Request,
) -> Result<(Reply, Option<LogPosition>), Rejection> {
    let deadline = Instant::now() + state.limits.content_timeout;
    let (parts, body) = request.into_parts();
    let caller = authenticate(state, &parts.headers, &parts.extensions).await?;
    check_type(&parts.headers)?;
    check_length(&parts.headers)?;
    let permit = state.admission.admit(&caller, RequestClass::Transfer).await?;
    let headers = OperationHeaders::of_path(&parts, OperationKind::Command)?;
    let context = RequestContext {
        caller,
        request_id,
        idempotency_key: headers.idempotency_key,
        expected_version: headers.expected_version,
        dry_run: false,
        batch_row: None,
    };
    let application = state.operations.application();
    let bytes = incoming(body, TransferDeadline::new(state.limits.min_bytes_per_second, deadline));
    let repeatable = context.idempotency_key.is_some();
    // The file may arrive until the deadline; then the command has the time of any other.
    let end = deadline + state.limits.request_timeout;
    let operation = async move {
        let _permit = permit;
        let reply = application.replace_document_content(&document, bytes, context).await?;
        Ok((reply, log_position(&*application, end).await))
    };
    let outcome =
        state.operations.run(OperationKind::Command, ThreadPool::Blocking, end, Box::pin(operation)).await;
    Ok(outcome.map_err(|failure| with_retry_after(failure, repeatable))?)
}

/// The media type is one of a document, or not given; the inspection of the bytes decides. A compressed body could be of
/// any size.
fn check_type(headers: &HeaderMap) -> Result<(), Failure> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let known = |value: &HeaderValue| {
        let essence = value.to_str().unwrap_or("-").split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/octet-stream")
            || MediaType::ALL.iter().any(|media_type| essence.eq_ignore_ascii_case(media_type.name()))
    };
    let fits = match (types.next(), types.next()) {
        (None, None) => true,
        (Some(one), None) => known(one),
        _ => false,
    };
    let plain = headers.get_all(CONTENT_ENCODING).iter().all(|coding| coding.as_bytes() == b"identity");
    let message =
        "The content type is none of image/jpeg, image/png, application/pdf, application/octet-stream.";
    let refused = || Failure::of(Item::new(Code::UnsupportedMediaType, message));
    if fits && plain { Ok(()) } else { Err(refused()) }
}

fn check_length(headers: &HeaderMap) -> Result<(), Failure> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_none_or(|length| length <= MAX_CONTENT) {
        return Ok(());
    }
    let message = format!("The file is larger than {MAX_CONTENT} bytes.");
    Err(Failure::of(Item::new(Code::BodyTooLarge, message).detail("limit", MAX_CONTENT)))
}

/// The body piece by piece, each until its deadline.
pub(crate) fn incoming(body: Body, deadline: TransferDeadline) -> IncomingContent {
    stream::unfold(Some((body, 0_u64)), move |state| async move {
        let (mut body, received) = state?;
        loop {
            match timeout_at(deadline.after(received), body.frame()).await {
                Ok(None) => return None,
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(piece) => {
                        let received = received + piece.len() as u64;
                        return Some((Ok(piece), Some((body, received))));
                    }
                    Err(_trailers) => {}
                },
                // The caller hung up, or the chunks of the body are not what they say.
                Ok(Some(Err(_))) => return Some((Err(failure_of(Code::ContentTruncated)), None)),
                Err(_) => return Some((Err(failure_of(Code::RequestTimeout)), None)),
            }
        }
    })
    .boxed()
}

/// The file as an attachment.
fn download(content: OpenedContent, permit: Permit) -> Response {
    let OpenedContent { bytes, media_type, size, sha256, file_name } = content;
    // The permit belongs to the body: a download counts until it is sent.
    let pieces = bytes.map(move |piece| {
        let _held = &permit;
        piece.inspect_err(|error| tracing::error!(%error, "the download of a file failed"))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    attach(&mut response, media_type.name(), &file_name);
    let headers = response.headers_mut();
    let digest = format!("sha-256=:{}:", STANDARD.encode(sha256.0));
    for (name, value) in
        [(CONTENT_LENGTH, size.to_string()), (ACCEPT_RANGES, "none".to_owned()), (REPR_DIGEST, digest)]
    {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}
