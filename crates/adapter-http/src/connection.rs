//! One connection, from accept to close.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;

use crate::Limits;
use crate::pace::Pace;
use crate::peer::Peer;
use crate::phase::{CurrentPhase, Phase, PhaseTimeout, Watched};
use crate::sending::Sending;

/// More header fields than any honest caller sends.
const MOST_HEADERS: usize = 64;
/// Room for a token of 8 KiB and everything else.
const MOST_HEADER_BYTES: usize = 16 * 1024;
/// What hyper reads ahead of a body that nobody takes.
const MOST_BUFFERED_BYTES: usize = 64 * 1024;

/// Answers the requests of one connection until one side has enough.
///
/// When `closing` is cancelled a request that has begun is answered and the connection closed after it; a
/// connection without one is closed at once, half a header or not.
pub(crate) async fn answer(
    stream: TcpStream,
    router: Router,
    limits: &Limits,
    phase: CurrentPhase,
    closing: CancellationToken,
) {
    // Answers are small and written at once; waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let connected = stream.peer_addr().ok().map(|peer| peer.ip());
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.write_timeout));
    let stream = TokioIo::new(Watched::new(Box::pin(stream), phase.clone()));
    let router = TowerToHyperService::new(router);
    let (rate, time) = (limits.min_bytes_per_second, limits.content_timeout);
    let trust_forwarded_for = limits.trust_forwarded_for;
    let current = phase.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        phase.set(Phase::Busy);
        if let Some(connected) = connected {
            let peer = Peer::of(connected, request.headers(), trust_forwarded_for);
            request.extensions_mut().insert(peer);
        }
        let (answer, phase) = (router.call(request), phase.clone());
        async move {
            let answer = answer.await?;
            phase.set(Phase::Sending(Pace::new(rate, Instant::now() + time), 0));
            Ok::<_, Infallible>(answer.map(|body| Sending::new(body, phase)))
        }
    });
    let connection = http1::Builder::new()
        // A caller that has sent its whole request and shuts its sending half is still there to read the answer.
        .half_close(true)
        // `PhaseTimeout` ends a header that does not come.
        .header_read_timeout(None)
        .max_headers(MOST_HEADERS)
        .max_header_size(MOST_HEADER_BYTES)
        .max_buf_size(MOST_BUFFERED_BYTES)
        .serve_connection(stream, service);
    let mut connection = pin!(connection);
    let mut timeout = PhaseTimeout::new(current.clone(), limits);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => Some(ended),
        () = closing.cancelled() => None,
        () = poll_fn(|context| timeout.poll_elapsed(context)) => return,
    };
    let ended = match ended {
        Some(ended) => ended,
        None if matches!(current.get(), Phase::Header(_)) => return,
        // Also when the last answer was given: some of it may still be on its way.
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // hyper's words tell of the protocol, not of what was sent.
        tracing::debug!(%error, "connection ended");
    }
}
