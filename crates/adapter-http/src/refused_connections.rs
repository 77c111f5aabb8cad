//! Connections that find no place: each is answered shortly and closed, and the log says so once a second at most.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use client_app::RequestId;
use client_wire::Code;
use http_body_util::BodyExt as _;
use metrics::counter;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, sink};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use crate::envelope::{self, refusal};
use crate::request_id;

/// How often the log tells of them.
const LOG_EVERY: Duration = Duration::from_secs(1);
/// How many are answered at once; more are closed without an answer.
const MOST_ANSWERED: usize = 32;
/// How long an answer may take to be read.
const ANSWER_TIME: Duration = Duration::from_secs(1);
/// How much of a request is read and thrown away, so that closing does not reset the connection under its answer.
const MOST_READ: u64 = 64 * 1024;

/// The connections that were refused since the log told of them.
pub(crate) struct RefusedConnections {
    body: Vec<u8>,
    answering: Arc<Semaphore>,
    logged: Option<Instant>,
    unlogged: u64,
}

impl RefusedConnections {
    pub(crate) async fn new() -> Self {
        let body = envelope::failure(&refusal(Code::Overloaded)).into_body().collect().await;
        Self {
            body: body.map(|body| body.to_bytes().to_vec()).unwrap_or_default(),
            answering: Arc::new(Semaphore::new(MOST_ANSWERED)),
            logged: None,
            unlogged: 0,
        }
    }

    /// Answers 503 and closes, without making the accept loop wait for it.
    pub(crate) fn refuse(&mut self, mut stream: TcpStream, address: IpAddr) {
        counter!("http_connections_refused_total").increment(1);
        self.log(address);
        let Ok(answering) = self.answering.clone().try_acquire_owned() else { return };
        let answer = self.answer();
        tokio::spawn(async move {
            let _answering = answering;
            let answered = async {
                stream.write_all(&answer).await?;
                stream.shutdown().await?;
                tokio::io::copy(&mut stream.take(MOST_READ), &mut sink()).await
            };
            // It is closed either way.
            let _ended = timeout(ANSWER_TIME, answered).await;
        });
    }

    fn log(&mut self, address: IpAddr) {
        self.unlogged += 1;
        if self.logged.is_some_and(|logged| logged.elapsed() < LOG_EVERY) {
            return;
        }
        tracing::warn!(
            %address,
            refused = self.unlogged,
            "connection refused: the address has used up --max-connections-per-address, and none of its connections is idle"
        );
        (self.logged, self.unlogged) = (Some(Instant::now()), 0);
    }

    fn answer(&self) -> Vec<u8> {
        let mut head = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\n\
             cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.body.len()
        );
        if let Some(id) = request_id::of(&HeaderMap::new()).as_ref().map(RequestId::as_str) {
            let _ = write!(head, "x-request-id: {id}\r\n");
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}
