//! One connection, from accept to close.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;

use crate::event_stream::EventStream;
use crate::limits::Limits;
use crate::server::connection_state::{ConnectionState, StateCell};
use crate::server::handshake::shake_hands;
use crate::server::peer::peer;
use crate::server::response_body::{ResponseBody, SendingTime};
use crate::server::timeouts::ConnectionTimeout;
use crate::server::tracked_stream::StateTrackingStream;
use crate::tls::Tls;
use crate::transfer_deadline::TransferDeadline;

/// More header fields than any real client sends.
const MAX_HEADERS: usize = 64;
/// Room for a token of 8 KiB and all other headers.
const MAX_HEADER_BYTES: usize = 16 * 1024;
/// How much of a body hyper reads ahead before a handler reads it.
const MAX_BUFFERED_BYTES: usize = 64 * 1024;

/// How long a connection stays open for a request that may be on its way when the server closes: since it was opened, its header
/// began or its last response was sent.
const LAST_REQUEST: Duration = Duration::from_millis(500);
/// How long it stays open at least: time for a look at what has arrived. A process that was not run for a while learns of it
/// later than of the time that has passed.
const LAST_LOOK: Duration = Duration::from_millis(20);

/// How far the server is with its stop.
#[derive(Clone, Debug, Default)]
pub(super) struct Stopping {
    /// Cancelled when callers should send their next requests elsewhere: each response is the last one of its connection.
    pub(super) announced: CancellationToken,
    /// Cancelled when connections take no more requests.
    pub(super) closing: CancellationToken,
}

/// Serves the requests of one connection until one side closes it or its state times out.
///
/// Once the stop of the server is announced, each response says `Connection: close`, and its connection ends. When the server
/// closes, a request that has begun is answered, and one that may be on its way is waited for, for half a second.
///
/// With `tls` the handshake comes first. It is a part of the wait for the first header, and what is sent after it is counted
/// before it is encrypted.
pub(super) async fn serve(
    stream: TcpStream,
    tls: Option<&Tls>,
    router: Router,
    limits: &Limits,
    state: StateCell,
    stopping: Stopping,
) {
    // Responses are small and written in one piece; waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let connected = stream.peer_addr().ok().map(|peer| peer.ip());
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.write_timeout));
    let stream = Box::pin(stream);
    match tls {
        None => exchange(stream, connected, router, limits, (state, stopping)).await,
        Some(tls) => {
            if let Some(stream) = shake_hands(tls, stream, limits, last_handshake(&stopping.closing)).await {
                exchange(stream, connected, router, limits, (state, stopping)).await;
            }
        }
    }
}

/// The requests and responses of a connection.
async fn exchange<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    connected: Option<IpAddr>,
    router: Router,
    limits: &Limits,
    (state, stopping): (StateCell, Stopping),
) {
    let stream = TokioIo::new(StateTrackingStream::new(stream, state.clone()));
    let router = TowerToHyperService::new(router);
    let (rate, time) = (limits.min_bytes_per_second, limits.content_timeout);
    let trust_forwarded_for = limits.trust_forwarded_for;
    let current = state.clone();
    let announced = stopping.announced;
    let service = service_fn(move |mut request: Request<Incoming>| {
        state.set(ConnectionState::Processing);
        if let Some(connected) = connected {
            let address = peer(connected, request.headers(), trust_forwarded_for);
            request.extensions_mut().insert(address);
        }
        let (response, state, announced) = (router.call(request), state.clone(), announced.clone());
        async move {
            let mut response = response.await?;
            if announced.is_cancelled() {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            state.set(if response.extensions().get::<EventStream>().is_some() {
                ConnectionState::SendingEvents
            } else {
                let time = response.extensions().get::<SendingTime>().map_or(time, |longer| longer.0);
                ConnectionState::SendingResponse(TransferDeadline::new(rate, Instant::now() + time), 0)
            });
            Ok::<_, Infallible>(response.map(|body| ResponseBody::new(body, state)))
        }
    });
    let connection = http1::Builder::new()
        // A caller that has sent its whole request and shuts its sending half still reads the response.
        .half_close(true)
        // `ConnectionTimeout` ends a header that does not arrive.
        .header_read_timeout(None)
        .max_headers(MAX_HEADERS)
        .max_header_size(MAX_HEADER_BYTES)
        .max_buf_size(MAX_BUFFERED_BYTES)
        .serve_connection(stream, service);
    let mut connection = pin!(connection);
    let mut timeout = ConnectionTimeout::new(current.clone(), limits);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => Some(ended),
        () = stopping.closing.cancelled() => None,
        () = poll_fn(|context| timeout.poll_elapsed(context)) => return,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => match last_request(connection.as_mut(), &current).await {
            Some(ended) => ended,
            None if matches!(current.get(), ConnectionState::ReadingHeader(_)) => return,
            // Also in the idle state: bytes of the last response may still be in the buffer.
            None => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        },
    };
    if let Err(error) = ended {
        // hyper's text names the protocol error, never what was sent.
        tracing::debug!(%error, "connection ended with an error");
    }
}

/// Lets a connection go on for as long as its next request may be on its way; how it ended, if it did.
async fn last_request<T>(connection: impl Future<Output = T>, state: &StateCell) -> Option<T> {
    let mut connection = pin!(connection);
    let looked = Instant::now() + LAST_LOOK;
    loop {
        let (ConnectionState::ReadingHeader(since) | ConnectionState::Idle(since)) = state.get() else {
            return None;
        };
        let end = (since + LAST_REQUEST).max(looked);
        if end <= Instant::now() {
            return None;
        }
        if let Ok(ended) = timeout_at(end, connection.as_mut()).await {
            return Some(ended);
        }
    }
}

/// Ends when a handshake is waited for no longer, because the server has closed.
async fn last_handshake(closing: &CancellationToken) {
    closing.cancelled().await;
    sleep(LAST_REQUEST).await;
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// The request came while the process was not run, so that the runtime does not know of it yet, and the half second is over.
    #[tokio::test]
    async fn request_that_arrived_unnoticed_is_read() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let caller = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        caller.writable().await.unwrap();
        let mut connection = pin!(async { stream.read_u8().await.unwrap() });
        assert!(timeout_at(Instant::now(), connection.as_mut()).await.is_err(), "nothing was sent");
        let long_ago = Instant::now().checked_sub(Duration::from_secs(5)).unwrap();
        let state = StateCell::new(ConnectionState::Idle(long_ago));
        assert_eq!(last_request(connection.as_mut(), &state).await, None);

        assert_eq!(caller.try_write(b"P").unwrap(), 1);
        assert_eq!(last_request(connection.as_mut(), &state).await, Some(b'P'));
    }
}
