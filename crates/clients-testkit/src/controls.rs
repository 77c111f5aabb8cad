//! What the in-memory adapter can do from Rust, for tests in other languages, over HTTP.

mod members;
mod order;
mod seeding;

use std::sync::Arc;

use adapter_inmem::{MemoryContents, MemoryStore};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use client_app::Clients;
use client_app::ports::Clock as _;
use serde_json::{Map, Value, json};

use self::members::{Members, Wrong};
use self::order::{ClockOrder, FaultOrder, SeedOrder};
use crate::movable_clock::MovableClock;

/// `POST /test/clock`, `/test/faults`, `/test/reset` and `/test/seed`, for a service whose clients are in memory.
///
/// There are no tokens: the routes are for a service that answers this machine only. A body must be declared as
/// `application/json`, which the page of another site cannot send.
#[derive(Clone, Debug)]
pub struct TestControls {
    /// The use cases, for the clients of a seed.
    pub clients: Clients,
    /// The clients.
    pub store: MemoryStore,
    /// The files of documents.
    pub contents: MemoryContents,
    /// The clock of the use cases.
    pub clock: MovableClock,
}

impl TestControls {
    /// The routes, for `Server::with_routes`.
    pub fn routes(self) -> Router {
        Router::new()
            .route("/test/clock", post(clock))
            .route("/test/faults", post(faults))
            .route("/test/reset", post(reset))
            .route("/test/seed", post(seed))
            .with_state(Arc::new(self))
    }
}

type Controls = State<Arc<TestControls>>;

async fn clock(State(controls): Controls, headers: HeaderMap, body: Bytes) -> Response {
    let order = match read(&headers, &body, ClockOrder::read) {
        Ok(order) => order,
        Err(response) => return *response,
    };
    let clock = &controls.clock;
    if let Some(moment) = order.now {
        clock.set(moment);
    }
    if let Some(by) = order.advance {
        clock.advance(by);
    }
    match order.stopped {
        Some(true) => clock.stop(),
        Some(false) => clock.go_on(),
        None => {}
    }
    done(json!({ "now": clock.now().to_string(), "stopped": clock.is_stopped() }))
}

async fn faults(State(controls): Controls, headers: HeaderMap, body: Bytes) -> Response {
    match read(&headers, &body, FaultOrder::read) {
        Ok(order) => {
            order.carry_out(&controls);
            done(json!({}))
        }
        Err(response) => *response,
    }
}

async fn reset(State(controls): Controls, headers: HeaderMap, body: Bytes) -> Response {
    match read(&headers, &body, |_| Some(())) {
        Ok(()) => {
            controls.store.clear();
            controls.contents.clear();
            controls.clock.reset();
            done(json!({}))
        }
        Err(response) => *response,
    }
}

async fn seed(State(controls): Controls, headers: HeaderMap, body: Bytes) -> Response {
    let order = match read(&headers, &body, SeedOrder::read) {
        Ok(order) => order,
        Err(response) => return *response,
    };
    match seeding::seed(&controls.clients, &order).await {
        Ok(clients) => done(json!({ "clients": clients })),
        Err(stopped) => failed(StatusCode::CONFLICT, &[Wrong::whole(stopped.to_string())]),
    }
}

/// Reads an order from a body; an empty body is an object without members.
fn read<T>(
    headers: &HeaderMap,
    body: &[u8],
    order: impl FnOnce(&mut Members<'_>) -> Option<T>,
) -> Result<T, Box<Response>> {
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(';').next().unwrap_or_default().trim() == "application/json");
    let refused = |wrong: &[Wrong]| Box::new(failed(StatusCode::BAD_REQUEST, wrong));
    if !is_json {
        return Err(refused(&[Wrong::whole("The header Content-Type must be application/json.")]));
    }
    let object = if body.is_empty() { Ok(Map::new()) } else { client_wire::strict_json::object(body) };
    let object = object.map_err(|malformed| refused(&[Wrong::whole(malformed.to_string())]))?;
    let mut members = Members::of(&object);
    let order = order(&mut members);
    let wrong = members.finish();
    order.filter(|_| wrong.is_empty()).ok_or_else(|| refused(&wrong))
}

fn done(data: Value) -> Response {
    Json(data).into_response()
}

fn failed(status: StatusCode, wrong: &[Wrong]) -> Response {
    let errors: Vec<_> = wrong.iter().map(Wrong::json).collect();
    (status, Json(json!({ "errors": errors }))).into_response()
}
