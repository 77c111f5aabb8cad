//! What the in-memory adapter can do from Rust, for tests in other languages, over HTTP.

mod evidence;
mod members;
mod order;
mod seeding;

use std::sync::Arc;

use adapter_http::{failure_response, success_response};
use adapter_inmem::{MemoryContents, MemoryStore};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::uri::Authority;
use axum::response::Response;
use axum::routing::post;
use client_app::Clients;
use client_app::ports::{Clock as _, StoreError};
use client_wire::{Code, Failure, Item, Outcome, Reply};
use serde_json::{Map, Value, json};

use self::members::Members;
use self::order::{ClockOrder, FaultOrder, SeedOrder};
use crate::movable_clock::MovableClock;

/// `POST /test/clock`, `/test/faults`, `/test/reset` and `/test/seed`, for a service whose clients are in memory.
///
/// There are no tokens: the routes are for a service that answers this machine only, under a name of this machine. A body
/// must be declared as `application/json`, which the page of another site cannot send.
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
    let order = match read(&headers, &body, |members| Some(ClockOrder::read(members))) {
        Ok(order) => order,
        Err(failure) => return failure_response(&failure),
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
        Some(false) => clock.resume(),
        None => {}
    }
    let is_moved = order.now.is_some() || order.advance.is_some();
    if is_moved && let Err(failure) = watch(&controls.clients).await {
        return failure_response(&failure);
    }
    let data = json!({ "now": clock.now().to_string(), "stopped": clock.is_stopped() });
    success_response(&reply("This is the time now.", data))
}

/// Does what the service does by itself every few minutes of the machine's clock, so that a test need not wait for it.
async fn watch(clients: &Clients) -> Result<(), Failure> {
    let failed = |error: StoreError| {
        let message =
            "The clock was moved, but what is due could not be recorded. Move it by 0 seconds to try again.";
        Failure { cause: Some(error.to_string()), ..Failure::of(Item::new(Code::StoreUnavailable, message)) }
    };
    let expiry = clients.watch_expiry().await.map_err(failed)?;
    let lapse = clients.lapse_applications().await.map_err(failed)?;
    if expiry.failed + lapse.failed > 0 { Err(failed(StoreError::Unavailable(None))) } else { Ok(()) }
}

async fn faults(State(controls): Controls, headers: HeaderMap, body: Bytes) -> Response {
    answer(read(&headers, &body, FaultOrder::read).map(|order| {
        order.carry_out(&controls);
        reply("The faults are set.", json!({}))
    }))
}

async fn reset(State(controls): Controls, headers: HeaderMap, body: Bytes) -> Response {
    answer(read(&headers, &body, |_| Some(())).map(|()| {
        controls.store.clear();
        controls.contents.clear();
        controls.clients.forget();
        controls.clock.reset();
        reply("All data was deleted.", json!({}))
    }))
}

async fn seed(State(controls): Controls, headers: HeaderMap, body: Bytes) -> Response {
    let order = match read(&headers, &body, SeedOrder::read) {
        Ok(order) => order,
        Err(failure) => return failure_response(&failure),
    };
    let made = seeding::seed(&controls.clients, &order).await;
    answer(made.map(|clients| reply("The clients are created.", json!({ "clients": clients }))))
}

/// Reads an order from a body; an empty body is an object without members.
fn read<T>(
    headers: &HeaderMap,
    body: &[u8],
    order: impl FnOnce(&mut Members<'_>) -> Option<T>,
) -> Result<T, Failure> {
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(';').next().unwrap_or_default().trim() == "application/json");
    if !is_json {
        let message = "The header Content-Type must be application/json.";
        return Err(Failure::of(Item::new(Code::UnsupportedMediaType, message)));
    }
    if !names_this_machine(headers) {
        let message = "The header Host must be localhost or an address of this machine, such as 127.0.0.1.";
        return Err(Failure::of(Item::new(Code::HeaderInvalid, message)));
    }
    let object = if body.is_empty() { Ok(Map::new()) } else { client_wire::strict_json::object(body) };
    let object = object.map_err(|at| {
        let message =
            format!("The body must be one JSON object; line {}, column {} is not.", at.line, at.column);
        Failure::of(Item::new(Code::MalformedJson, message))
    })?;
    let mut members = Members::of(&object);
    let order = order(&mut members);
    let wrong = members.finish();
    order.filter(|_| wrong.is_empty()).ok_or_else(|| Failure::invalid(wrong))
}

/// Whether the request is for a name of this machine. A page of another site can make a name of its own lead here.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST) else { return true };
    let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    host.is_some_and(|host| signed_http::is_loopback(host.host()))
}

fn reply(message: &str, data: Value) -> Reply {
    Reply { message: message.to_owned(), data: data.into(), version: None, outcome: Outcome::Done }
}

fn answer(result: Result<Reply, Failure>) -> Response {
    match result {
        Ok(reply) => success_response(&reply),
        Err(failure) => failure_response(&failure),
    }
}
