//! The files of KYC documents, streamed both ways: neither is ever held as a whole.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_app::{MAX_CONTENT, OpenedContent, RequestContext, RequestId};
use client_domain::kyc::MediaType;
use client_wire::IncomingContent;
use client_wire::spec::OperationKind;
use client_wire::{Code, Failure, Item, Reply, Status};
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::admission::{Lane, Permit};
use crate::api::Shared;
use crate::conditions::Conditions;
use crate::dispatch::{self, NotDone};
use crate::envelope::{self, refusal};
use crate::pace::Pace;
use crate::telemetry::{OperationLabel, count_missing_content};
use crate::url_parameters;
use crate::work::Weight;

/// The path of a document's file.
pub(crate) use client_wire::spec::DOCUMENT_CONTENT_PATH as PATH;

/// RFC 9530: the digest of what is sent.
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
/// Somebody who opens the file in a browser all the same gets nothing that runs.
const SANDBOX: &str = "default-src 'none'; sandbox";

pub(crate) async fn get(
    State(shared): State<Arc<Shared>>,
    Path(document): Path<String>,
    request: Request,
) -> Response {
    let answer = match open(&shared, document, request.uri(), request.headers()).await {
        Ok((content, permit)) => sent(content, permit),
        Err(not_done) => dispatch::not_done(not_done),
    };
    labelled(answer, "IdentityDocumentContent")
}

pub(crate) async fn put(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    Path(document): Path<String>,
    request: Request,
) -> Response {
    let answer = match replace(&shared, id, document, request).await {
        Ok(reply) => envelope::success(&reply),
        Err(not_done) => dispatch::not_done(not_done),
    };
    labelled(answer, "ReplaceIdentityDocumentContent")
}

fn labelled(mut answer: Response, name: &'static str) -> Response {
    answer.extensions_mut().insert(OperationLabel(name));
    answer
}

async fn open(
    shared: &Shared,
    document: String,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(OpenedContent, Permit), NotDone> {
    let caller = dispatch::let_in(shared, headers).await?;
    let mut items = Vec::new();
    url_parameters::refuse(uri, &mut items);
    Conditions::read(headers, OperationKind::Query, &mut items);
    if !items.is_empty() {
        return Err(Failure::invalid(items).into());
    }
    let deadline = Instant::now() + shared.limits.request_timeout;
    let permit = shared.admission.admit(&caller, Lane::Transfer).await?;
    let operations = shared.work.operations();
    let work = async move { Ok((operations.document_content(&document, caller).await?, permit)) };
    let opened = shared.work.run(OperationKind::Query, Weight::Light, deadline, work).await;
    if let Err(failure) = &opened
        && failure.items.iter().any(|item| item.code == Code::ContentMissing)
    {
        count_missing_content();
    }
    // The storage is slow, not the caller, which is what 408 would say.
    let slow = |failure: &Failure| failure.status == Status::RequestTimeout;
    Ok(opened.map_err(|failure| if slow(&failure) { refusal(Code::StoreUnavailable) } else { failure })?)
}

async fn replace(
    shared: &Shared,
    request_id: RequestId,
    document: String,
    request: Request,
) -> Result<Reply, NotDone> {
    let deadline = Instant::now() + shared.limits.content_timeout;
    let (parts, body) = request.into_parts();
    let caller = dispatch::let_in(shared, &parts.headers).await?;
    check_type(&parts.headers)?;
    check_length(&parts.headers)?;
    let permit = shared.admission.admit(&caller, Lane::Transfer).await?;
    let mut items = Vec::new();
    url_parameters::refuse(&parts.uri, &mut items);
    let conditions = Conditions::read(&parts.headers, OperationKind::Command, &mut items);
    if !items.is_empty() {
        return Err(Failure::invalid(items).into());
    }
    let context = RequestContext {
        caller,
        request_id,
        idempotency_key: conditions.idempotency_key,
        expected_version: conditions.expected_version,
        dry_run: false,
    };
    let operations = shared.work.operations();
    let bytes = incoming(body, Pace::new(shared.limits.min_bytes_per_second, deadline));
    let repeatable = context.idempotency_key.is_some();
    // The file may arrive until the deadline; then the command has the time of any other.
    let end = deadline + shared.limits.request_timeout;
    let work = async move {
        let _permit = permit;
        operations.replace_document_content(&document, bytes, context).await
    };
    let outcome = shared.work.run(OperationKind::Command, Weight::Heavy, end, work).await;
    Ok(outcome.map_err(|failure| dispatch::with_retry_after(failure, repeatable))?)
}

/// A file says what it is, or nothing; what counts are its bytes. A compressed body could be of any size.
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

/// The body piece by piece, at the pace and until its end.
fn incoming(body: Body, pace: Pace) -> IncomingContent {
    stream::unfold(Some((body, 0_u64)), move |state| async move {
        let (mut body, received) = state?;
        loop {
            match timeout_at(pace.deadline(received), body.frame()).await {
                Ok(None) => return None,
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(piece) => {
                        let received = received + piece.len() as u64;
                        return Some((Ok(piece), Some((body, received))));
                    }
                    Err(_trailers) => {}
                },
                // The caller hung up, or the chunks of the body are not what they say.
                Ok(Some(Err(_))) => return Some((Err(refusal(Code::ContentTruncated)), None)),
                Err(_) => return Some((Err(refusal(Code::RequestTimeout)), None)),
            }
        }
    })
    .boxed()
}

/// A file as an attachment with a name made here, which no browser shows or runs in our place.
fn sent(content: OpenedContent, permit: Permit) -> Response {
    let OpenedContent { bytes, media_type, size, sha256, file_name } = content;
    // The permit goes with the body: a file that is still being sent still counts.
    let pieces = bytes.map(move |piece| {
        let _held = &permit;
        piece.inspect_err(|error| tracing::error!(%error, "a file was not sent to its end"))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    let digest = format!("sha-256=:{}:", STANDARD.encode(sha256.0));
    for (name, value) in [
        (CONTENT_TYPE, media_type.name().to_owned()),
        (CONTENT_LENGTH, size.to_string()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")),
        (CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
        (ACCEPT_RANGES, "none".to_owned()),
        (REPR_DIGEST, digest),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}
