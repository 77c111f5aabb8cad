//! Requests to the router of the HTTP adapter, without a socket.

use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use adapter_http::auth::{DevelopmentToken, Expectations, KeySource, Refresh, TokenVerifier, mint};
use adapter_http::{Api, Limits, Metrics, Server};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use client_app::Caller;
use client_domain::value::BranchKey;
use client_domain::{Actor, Permissions};
use client_wire::Operations;
use futures_util::stream;
use http_body_util::BodyExt as _;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

/// When everything here happens.
pub(crate) const NOW: i64 = 1_767_603_600;
/// The secret of the tokens that every target sends.
pub(crate) const SECRET: &[u8] = b"a secret that only the fuzz targets know of";

/// The moment [`NOW`].
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// A caller who may do everything.
pub(crate) fn caller(subject: &str) -> Caller {
    Caller {
        actor: Actor::parse(subject).unwrap(),
        permissions: Permissions::all(),
        branch: BranchKey::parse("ikeja-01").ok(),
    }
}

/// What the service said, and whether it said so in its own form.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The codes of a refusal; none of a success.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let items = self.body["errors"].as_array().into_iter().flatten();
        items.map(|item| item["code"].as_str().expect("every item has a code")).collect()
    }
}

/// Runs a future to its end, on a runtime that stays for the process.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: Runtime = Builder::new_current_thread().enable_all().build().unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// The router on this application.
pub(crate) fn router(operations: Arc<dyn Operations>) -> Router {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    static VERIFIER: OnceLock<Arc<TokenVerifier>> = OnceLock::new();
    let verifier = VERIFIER.get_or_init(|| {
        let secret = KeySource::hs256_secret("the targets", SECRET);
        let clock = Arc::new(now);
        let loaded = TokenVerifier::load(vec![secret], Expectations::default(), clock, Refresh::default());
        Arc::new(run(loaded).unwrap())
    });
    Server::new(Api {
        operations,
        verifier: verifier.clone(),
        limits: Limits { request_timeout: Duration::from_mins(1), ..Limits::default() },
        description: json!({}),
        metrics: METRICS.get_or_init(|| Metrics::install().expect("nothing else installs one")).clone(),
    })
    .router()
}

/// A token for this subject that the router accepts.
pub(crate) fn bearer(subject: &str) -> String {
    let token = DevelopmentToken {
        caller: caller(subject),
        addressing: Expectations::default(),
        issued_at: now(),
        expires_in: Duration::from_mins(10),
    };
    format!("Bearer {}", mint("the targets", SECRET, &token).unwrap())
}

/// Posts a body, in pieces of this size, and checks that the answer has the form of every answer.
pub(crate) async fn post(router: &Router, path: &str, bearer: &str, body: &[u8], piece: usize) -> Answer {
    let pieces: Vec<_> = body.chunks(piece.max(1)).map(|piece| Ok::<_, Infallible>(piece.to_vec())).collect();
    let request = Request::post(path)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, bearer)
        .body(Body::from_stream(stream::iter(pieces)))
        .unwrap();
    let response = TowerToHyperService::new(router.clone()).call(request).await.expect("a router answers");
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.expect("an answer is whole").to_bytes();
    let body: Value = serde_json::from_slice(&bytes).expect("an answer is JSON");
    assert_eq!(body["isSuccessful"], status == 200);
    let names: &[&str] = if status == 200 {
        &["data", "isSuccessful", "message", "statusCode"]
    } else {
        &["data", "errors", "isSuccessful", "message", "statusCode"]
    };
    assert!(body.as_object().expect("an envelope").keys().eq(names), "{body}");
    let answer = Answer { status, body };
    assert!(status == 200 || !answer.codes().is_empty(), "a refusal without a reason");
    answer
}
