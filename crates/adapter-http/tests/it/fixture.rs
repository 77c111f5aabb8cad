//! A server of the fake application on a port of its own.

use std::net::SocketAddr;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use adapter_http::auth::{
    Clock, DevelopmentToken, Expectations, KeySource, KeySourceError, Refresh, TokenVerifier, mint,
};
use adapter_http::{Api, Limits, Metrics, RequestLog, ServeReport, Server};
use client_app::Caller;
use client_domain::{Actor, Permissions};
use client_wire::Operations;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::client::{Answer, Client};
use crate::fake::Fake;

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const SECRET: &[u8] = b"a secret of the tests, 32 bytes or more";
pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "clients-api";

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) fake: Arc<Fake>,
    pub(crate) shutdown: CancellationToken,
    /// The operations for other routes of the program.
    pub(crate) operations: Arc<dyn Operations>,
    serving: JoinHandle<ServeReport>,
}

/// Limits with a short shutdown.
pub(crate) fn short() -> Limits {
    Limits { drain_notice: Duration::ZERO, drain_deadline: Duration::from_secs(2), ..Limits::default() }
}

pub(crate) fn expectations() -> Expectations {
    Expectations {
        issuer: Some(ISSUER.to_owned()),
        audience: Some(AUDIENCE.to_owned()),
        max_lifetime: Some(Duration::from_hours(1)),
        ..Expectations::default()
    }
}

pub(crate) fn fast_refresh() -> Refresh {
    Refresh { files_every: Duration::from_millis(20), ..Refresh::default() }
}

pub(crate) async fn verifier(
    sources: Vec<KeySource>,
    refresh: Refresh,
) -> Result<TokenVerifier, KeySourceError> {
    let clock: Clock = Arc::new(|| Timestamp::from_second(NOW).unwrap());
    TokenVerifier::load(sources, expectations(), clock, refresh).await
}

/// A token of the development kind for `subject`, valid for a minute.
pub(crate) fn token(subject: &str) -> String {
    token_with(subject, Permissions::all())
}

pub(crate) fn token_with(subject: &str, permissions: Permissions) -> String {
    let token = DevelopmentToken {
        caller: Caller::new(Actor::parse(subject).unwrap(), permissions),
        addressing: expectations(),
        issued_at: Timestamp::from_second(NOW).unwrap(),
        expires_in: Duration::from_mins(1),
    };
    mint("SECRET", SECRET, &token).unwrap()
}

fn metrics() -> Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(|| Metrics::install().expect("no other recorder is installed")).clone()
}

impl Running {
    pub(crate) async fn start(limits: Limits) -> Self {
        let source = KeySource::hs256_secret("SECRET", SECRET);
        Self::with(limits, verifier(vec![source], Refresh::default()).await.unwrap()).await
    }

    /// With a listener for operators.
    pub(crate) async fn with_admin(limits: Limits) -> Self {
        let source = KeySource::hs256_secret("SECRET", SECRET);
        let verifier = verifier(vec![source], Refresh::default()).await.unwrap();
        Self::of(limits, verifier, true, |server| server).await
    }

    /// Whose requests have these lines in the log.
    pub(crate) async fn with_request_log(limits: Limits, request_log: RequestLog) -> Self {
        let source = KeySource::hs256_secret("SECRET", SECRET);
        let verifier = verifier(vec![source], Refresh::default()).await.unwrap();
        Self::of(limits, verifier, false, |server| server.with_request_log(request_log)).await
    }

    /// With what this function adds to the server.
    pub(crate) async fn shaped(limits: Limits, shape: impl FnOnce(Server) -> Server) -> Self {
        let source = KeySource::hs256_secret("SECRET", SECRET);
        let verifier = verifier(vec![source], Refresh::default()).await.unwrap();
        Self::of(limits, verifier, false, shape).await
    }

    pub(crate) async fn with(limits: Limits, verifier: TokenVerifier) -> Self {
        Self::of(limits, verifier, false, |server| server).await
    }

    async fn of(
        limits: Limits,
        verifier: TokenVerifier,
        with_admin: bool,
        shape: impl FnOnce(Server) -> Server,
    ) -> Self {
        let fake = Arc::new(Fake::default());
        let description =
            json!({"openapi": "3.1.0", "info": {"title": "Clients", "version": "1"}, "paths": {}});
        let verifier = Arc::new(verifier);
        let api = Api {
            operations: fake.clone(),
            verifier: verifier.clone(),
            limits,
            description,
            metrics: metrics(),
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let admin = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let admin_address = admin.local_addr().unwrap();
        let server = shape(Server::new(api));
        let server = if with_admin { server.with_admin(admin) } else { server };
        let operations = server.operations();
        let serving = tokio::spawn(server.serve(listener, shutdown.clone()));
        let ended = shutdown.clone();
        tokio::spawn(async move { ended.run_until_cancelled(reload_keys(&verifier)).await });
        Self { address, admin: admin_address, fake, shutdown, operations, serving }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// Sends a request on a new connection and reads the response.
    pub(crate) async fn request(&self, request: impl AsRef<[u8]>) -> Answer {
        self.client().await.request(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request(format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n")).await
    }

    pub(crate) async fn stop(self) -> ServeReport {
        self.shutdown.cancel();
        self.stopped().await
    }

    pub(crate) async fn stopped(self) -> ServeReport {
        self.serving.await.unwrap()
    }

    /// Drops the future that serves.
    pub(crate) fn abort(self) {
        self.serving.abort();
    }

    /// Waits until this many operations have started.
    pub(crate) async fn started(&self, count: usize) {
        until("operations have started", || self.fake.started.load(SeqCst) >= count).await;
    }

    pub(crate) async fn finished(&self, count: usize) {
        until("operations are finished", || self.fake.finished.load(SeqCst) >= count).await;
    }
}

/// Reloads the keys at the configured intervals, as the composition root does.
async fn reload_keys(verifier: &TokenVerifier) {
    let every = verifier.refresh();
    let files = async {
        loop {
            tokio::time::sleep(every.files_every).await;
            verifier.reload_files().await;
        }
    };
    let addresses = async {
        loop {
            tokio::time::sleep(every.addresses_every).await;
            verifier.reload_addresses().await;
        }
    };
    tokio::join!(files, addresses);
}

/// Waits until `condition` holds, for five seconds at most.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..1000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("timeout: {what}");
}

/// A request with a token of `maker-1`.
pub(crate) fn post(path: &str, headers: &str, body: &str) -> String {
    bearing(&token("maker-1"), path, headers, body)
}

pub(crate) fn bearing(token: &str, path: &str, headers: &str, body: &str) -> String {
    bare(path, &format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n{headers}"), body)
}

/// A request with exactly these headers.
pub(crate) fn bare(path: &str, headers: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: test\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

pub(crate) const CMD: &str = "/api/bpm/cmd";
pub(crate) const QRY: &str = "/api/bpm/qry";

pub(crate) fn command(name: &str, data: &Value) -> String {
    post(CMD, "", &json!({"commandName": name, "data": data}).to_string())
}

pub(crate) fn query(name: &str, data: &Value) -> String {
    post(QRY, "", &json!({"queryName": name, "data": data}).to_string())
}
