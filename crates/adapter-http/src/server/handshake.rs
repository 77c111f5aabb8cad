//! The handshake of TLS.

use metrics::counter;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use crate::limits::Limits;
use crate::tls::Tls;

/// The stream of a connection after its handshake; `None` if that failed, took too long, or `given_up` came first.
///
/// The time of the handshake counts as time of the first header: a caller has one limit for both.
pub(super) async fn shake_hands<S: AsyncRead + AsyncWrite + Unpin>(
    tls: &Tls,
    stream: S,
    limits: &Limits,
    given_up: impl Future<Output = ()>,
) -> Option<TlsStream<S>> {
    let handshake = timeout(limits.header_timeout, tls.acceptor().accept(stream));
    let shaken = tokio::select! {
        shaken = handshake => shaken,
        () = given_up => return None,
    };
    let failed = match shaken {
        Ok(Ok(stream)) => return Some(stream),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it took too long".to_owned(),
    };
    counter!("http_handshakes_failed_total").increment(1);
    // The text of rustls names the fault of the protocol, never what was sent.
    tracing::debug!(error = failed, "handshake failed");
    None
}
