//! How far a batch is, as a stream of events: for a page that shows it, or a program that waits for the end.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use client_app::Caller;
use client_wire::spec::OperationKind;
use client_wire::{Failure, Status};
use futures_util::stream::{Stream, unfold};
use serde_json::{Map, Value};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use crate::admission::running_operations::ThreadPool;
use crate::admission::{Permit, RequestClass};
use crate::documents::labelled;
use crate::envelope;
use crate::event_stream::EventStream;
use crate::request::caller::{authenticate, verify};
use crate::request::headers::OperationHeaders;
use crate::request::path_values::PathValues;
use crate::request::rejection::Rejection;
use crate::state::AppState;

/// The path of the progress of a batch.
pub(crate) use client_wire::spec::BATCH_PROGRESS_PATH as PATH;

/// How often is looked, and so the most events in this time.
const INTERVAL: Duration = Duration::from_secs(1);
/// How soon a comment shows both sides that the other one is there, if nothing happens. A caller that has gone is noticed when
/// something is sent to it, and has its place until then.
const KEEP_ALIVE: Duration = Duration::from_secs(3);
/// A stream ends after this time; a caller that wants more asks again.
const LIFETIME: Duration = Duration::from_mins(15);
/// Proxies that collect an answer before they hand it on leave this one alone.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// What changes with every look, although nothing happens.
const OF_THE_MOMENT: [&str; 3] = ["asOf", "rowsPerSecond", "expectedEnd"];

pub(crate) async fn get(
    State(state): State<Arc<AppState>>,
    PathValues(batch): PathValues<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let response = open(state, batch, parts).await.unwrap_or_else(IntoResponse::into_response);
    labelled(response, "BatchProgress")
}

async fn open(state: Arc<AppState>, batch: String, parts: Parts) -> Result<Response, Rejection> {
    let caller = authenticate(&state, &parts.headers, &parts.extensions).await?;
    OperationHeaders::of_path(&parts, OperationKind::Query)?;
    let permit = state.admission.admit(&caller, RequestClass::Events).await?;
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset();
    let watch = Watch { state, parts, batch, until: Instant::now() + LIFETIME, ticks, _permit: permit };
    // A caller who may not see the batch gets the status of the refusal.
    let first = watch.look(caller).await?;
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    let mut response = Sse::new(watch.events(first)).keep_alive(keep_alive).into_response();
    response.extensions_mut().insert(EventStream);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}

/// A caller that watches a batch.
struct Watch {
    state: Arc<AppState>,
    /// The token is verified again at every look.
    parts: Parts,
    batch: String,
    until: Instant,
    ticks: Interval,
    _permit: Permit,
}

/// What is sent next.
enum Next {
    /// The first look, which has been made.
    First(Value),
    /// Whatever differs from this.
    Changed(Value),
    /// Nothing.
    End,
}

impl Watch {
    fn events(self, first: Value) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        unfold((self, Next::First(first)), |(mut watch, next)| async move {
            let data = match next {
                Next::End => return None,
                Next::First(data) => data,
                Next::Changed(before) => match watch.change_of(&before).await? {
                    Ok(data) => data,
                    Err(failure) => return Some((Ok(failed(&failure)), (watch, Next::End))),
                },
            };
            let event = event("progress", &data.to_string());
            let next = if has_ended(&data) { Next::End } else { Next::Changed(data) };
            Some((Ok(event), (watch, next)))
        })
    }

    /// The next data that differ, or why the caller sees no more of the batch; `None` when the service stops or the stream has
    /// lasted long enough.
    async fn change_of(&mut self, before: &Value) -> Option<Result<Value, Failure>> {
        let draining = self.state.probes.draining.clone();
        loop {
            let next_look = self.next_look();
            let seen = tokio::select! {
                biased;
                () = draining.cancelled() => return None,
                seen = next_look => seen?,
            };
            match seen {
                Ok(data) if lasting(&data) == lasting(before) => {}
                Ok(data) => return Some(Ok(data)),
                Err(failure) if passes(&failure) => {}
                Err(failure) => return Some(Err(failure)),
            }
        }
    }

    /// What is seen when the next look is due; `None` when the stream has lasted long enough.
    async fn next_look(&mut self) -> Option<Result<Value, Failure>> {
        self.ticks.tick().await;
        if Instant::now() >= self.until {
            return None;
        }
        Some(self.look_again().await)
    }

    /// A look by a caller whose token, permissions and sight of the batch are checked anew.
    async fn look_again(&self) -> Result<Value, Failure> {
        let caller = verify(&self.state, &self.parts.headers).await.map_err(Rejection::into_failure)?;
        self.look(caller).await
    }

    async fn look(&self, caller: Caller) -> Result<Value, Failure> {
        let application = self.state.operations.application();
        let data = Map::from_iter([("batchId".to_owned(), Value::from(self.batch.clone()))]);
        let deadline = Instant::now() + self.state.limits.request_timeout;
        let query = async move {
            let reply = application.query_by_name("RetrieveBatchQuery", data, caller).await?;
            Ok(reply.data.into_value())
        };
        self.state.operations.run(OperationKind::Query, ThreadPool::Async, deadline, Box::pin(query)).await
    }
}

/// Whether the next look may succeed.
fn passes(failure: &Failure) -> bool {
    matches!(failure.status, Status::Unavailable | Status::RequestTimeout | Status::TooManyRequests)
}

fn has_ended(data: &Value) -> bool {
    data.get("endedAt").is_some_and(|at| !at.is_null())
}

/// What is compared.
fn lasting(data: &Value) -> Option<Map<String, Value>> {
    let mut members = data.as_object()?.clone();
    members.retain(|name, _| !OF_THE_MOMENT.contains(&name.as_str()));
    Some(members)
}

fn failed(failure: &Failure) -> Event {
    event("failure", &envelope::failure_text(failure))
}

/// JSON has no line break outside of its texts, and none in them.
fn event(name: &str, data: &str) -> Event {
    Event::default().event(name).data(data)
}
