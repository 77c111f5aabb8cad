//! Exports of clients, streamed: no file is ever held whole in memory.

use std::sync::Arc;

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::TRAILER;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Version};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use client_app::Error;
use client_wire::spec::OperationKind;
use client_wire::{ClientExports, Code, ExportDownload, Failure, Item};
use futures_util::stream::{self, Stream};
use http_body_util::StreamBody;
use hyper::body::Frame;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::admission::running_operations::{RunningOperations, ThreadPool};
use crate::admission::{Permit, RequestClass};
use crate::attachment::attach;
use crate::documents::labelled;
use crate::envelope::failure_of;
use crate::request::body::{self, LargeBodies};
use crate::request::caller::authenticate;
use crate::request::headers::OperationHeaders;
use crate::request::rejection::Rejection;
use crate::server::response_body::SendingTime;
use crate::state::AppState;

pub(crate) use client_wire::spec::EXPORT_PATH as PATH;

const EXPORT_ID: HeaderName = HeaderName::from_static("export-id");
const CHANGED_SINCE: HeaderName = HeaderName::from_static("export-changed-since");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// How many pieces wait for the connection.
const AHEAD: usize = 1;

/// What is handed to the connection. The trailers are the end: a channel that closes without them lost its export.
type Piece = Result<Frame<Bytes>, Error>;

pub(crate) async fn post(State(state): State<Arc<AppState>>, request: Request) -> Response {
    let response = match begin(&state, request).await {
        Ok(response) => response,
        Err(rejection) => rejection.into_response(),
    };
    labelled(response, "Export")
}

async fn begin(state: &Arc<AppState>, request: Request) -> Result<Response, Rejection> {
    let (parts, body) = request.into_parts();
    let caller = authenticate(state, &parts.headers, &parts.extensions).await?;
    check_version(parts.version)?;
    body::check_type(&parts.headers)?;
    OperationHeaders::of_path(&parts, OperationKind::Query)?;
    let deadline = Instant::now() + state.limits.request_timeout;
    let (body, _) = body::read(&parts.headers, body, state, LargeBodies::Refused, deadline).await?;
    let permit = state.admission.admit(&caller, RequestClass::Transfer).await?;
    let application = state.operations.application();
    let time_limit = application.exports().map(ClientExports::time_limit).unwrap_or_default();
    let shared = Arc::clone(state);
    let operation = async move {
        let exports = application.exports().ok_or_else(|| failure_of(Code::PathNotFound))?;
        let download = exports.begin(&body, caller).await?;
        // From here on it is in the log, so it is read and ended also if the caller has left meanwhile.
        Ok(sent(&shared.operations, download, permit))
    };
    // The storage may sort every client before the first one comes, and ends at its limit by itself.
    let deadline = Instant::now() + time_limit + state.limits.request_timeout;
    Ok(state.operations.run(OperationKind::Query, ThreadPool::Async, deadline, Box::pin(operation)).await?)
}

/// Before HTTP/1.1 a body of unknown length has no chunks and ends with its connection, so one that breaks off looks complete.
fn check_version(version: Version) -> Result<(), Failure> {
    if version >= Version::HTTP_11 {
        return Ok(());
    }
    let message = "An export needs HTTP/1.1 or later, from every proxy in between as well: before it, a file that breaks off \
                   looks complete.";
    Err(Failure::of(Item::new(Code::HeaderInvalid, message)))
}

/// The file as an attachment.
fn sent(operations: &RunningOperations, download: ExportDownload, permit: Permit) -> Response {
    let headers = [
        (EXPORT_ID, download.id()),
        (CHANGED_SINCE, download.next_changed_since()),
        (TRAILER, CONTENT_DIGEST.as_str().to_owned()),
    ];
    let (media_type, file_name) = (download.media_type(), download.file_name());
    let time = download.time_limit();
    let (sender, pieces) = mpsc::channel(AHEAD);
    let stopping = operations.cancellation().clone();
    operations.track(hand_over(download, sender, stopping, permit).in_current_span());
    let mut response = Response::new(Body::new(StreamBody::new(Box::pin(frames(pieces)))));
    attach(&mut response, media_type, &file_name);
    response.extensions_mut().insert(SendingTime(time));
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The body: the pieces up to the trailers, or an error where the channel closes before them.
fn frames(pieces: mpsc::Receiver<Piece>) -> impl Stream<Item = Result<Frame<Bytes>, BoxError>> + Send {
    stream::unfold(Some(pieces), |pieces| async {
        let mut pieces = pieces?;
        Some(match pieces.recv().await {
            Some(Ok(frame)) => {
                let rest = frame.is_data().then_some(pieces);
                (Ok(frame), rest)
            }
            Some(Err(error)) => (Err(error.into()), None),
            None => (Err("the export was lost before its end".into()), None),
        })
    })
}

/// Hands piece after piece to the connection, as fast as it takes them, and records how it ended. The permit is held meanwhile.
///
/// An error in the body ends the connection without the last chunk, so no reader takes the file for complete. The last chunk
/// leaves only after the end is in the log.
async fn hand_over(
    mut download: ExportDownload,
    connection: mpsc::Sender<Piece>,
    stopping: CancellationToken,
    _permit: Permit,
) {
    loop {
        let next = tokio::select! {
            next = download.next() => next,
            () = connection.closed() => return broken_off(download, "its reader has left").await,
            () = stopping.cancelled() => return broken_off(download, "the service stops").await,
        };
        match next {
            Some(Ok(bytes)) => {
                let sent = tokio::select! {
                    sent = connection.send(Ok(Frame::data(bytes))) => sent.map_err(|_| "its reader has left"),
                    () = stopping.cancelled() => Err("the service stops"),
                };
                if let Err(why) = sent {
                    return broken_off(download, why).await;
                }
            }
            Some(Err(error)) => {
                tracing::error!(%error, export = download.id(), "an export failed");
                broken_off(download, "it failed").await;
                let _ = connection.send(Err(error)).await;
                return;
            }
            None => break,
        }
    }
    let id = download.id();
    let last = download.complete().await.map(trailers).inspect_err(|error| {
        tracing::error!(%error, export = id, "the end of an export could not be recorded");
    });
    let _ = connection.send(last).await;
}

async fn broken_off(mut download: ExportDownload, why: &'static str) {
    download.break_off().await;
    tracing::warn!(export = download.id(), why, "an export broke off");
}

fn trailers(sha256: [u8; 32]) -> Frame<Bytes> {
    let value = format!("sha-256=:{}:", BASE64_STANDARD.encode(sha256));
    let value = HeaderValue::from_str(&value).ok();
    Frame::trailers(value.map(|value| (CONTENT_DIGEST, value)).into_iter().collect::<HeaderMap>())
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn a_body_without_its_last_frame_ends_with_an_error() {
        let data = || Ok(Frame::data(Bytes::from_static(b"id\r\n")));
        let (sender, pieces) = mpsc::channel(2);
        sender.send(data()).await.unwrap();
        drop(sender);
        let all: Vec<_> = frames(pieces).collect().await;
        assert!(matches!(all.as_slice(), [Ok(_), Err(_)]), "{all:?}");

        let (sender, pieces) = mpsc::channel(2);
        sender.send(data()).await.unwrap();
        sender.send(Ok(trailers([0; 32]))).await.unwrap();
        drop(sender);
        let all: Vec<_> = frames(pieces).collect().await;
        assert!(matches!(all.as_slice(), [Ok(_), Ok(_)]), "{all:?}");
    }

    #[test]
    fn a_body_without_chunks_is_refused() {
        assert!(check_version(Version::HTTP_10).is_err() && check_version(Version::HTTP_09).is_err());
        assert!(check_version(Version::HTTP_11).is_ok() && check_version(Version::HTTP_2).is_ok());
    }
}
