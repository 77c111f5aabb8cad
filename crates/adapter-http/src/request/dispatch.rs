//! From a request to an operation and back.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse, Response};
use client_app::ports::LogPosition;
use client_app::{RequestContext, RequestId};
use client_wire::spec::{OperationKind, OperationSpec};
use client_wire::{Code, Failure, Item, OperationRequest, Reply, Status, find_operation};
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use crate::admission::RequestClass;
use crate::admission::running_operations::ThreadPool;
use crate::envelope;
use crate::metrics::OperationLabel;
use crate::middleware::url_parameters;
use crate::request::body::{self, LargeBodies};
use crate::request::body_allowance;
use crate::request::caller::authenticate;
use crate::request::headers::OperationHeaders;
use crate::request::log_position::log_position;
use crate::request::rejection::Rejection;
use crate::state::AppState;

pub(crate) async fn command(
    State(state): State<Arc<AppState>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    respond(&state, OperationKind::Command, id, request).await
}

pub(crate) async fn query(
    State(state): State<Arc<AppState>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    respond(&state, OperationKind::Query, id, request).await
}

async fn respond(state: &AppState, kind: OperationKind, id: RequestId, request: Request) -> Response {
    let mut label = None;
    let mut response = match execute(state, kind, id, request, &mut label).await {
        Ok(answer) => envelope::replicated_response(&answer.reply, answer.age, answer.written),
        Err(rejection) => rejection.into_response(),
    };
    if let Some(label) = label {
        response.extensions_mut().insert(label);
    }
    response
}

/// What an operation has answered.
struct Answered {
    reply: Reply,
    /// How old the answer of a query may be, if a replica has given it.
    age: Option<Duration>,
    /// Up to where the log of the storage has what a command has written, if there are replicas.
    written: Option<LogPosition>,
}

async fn execute(
    state: &AppState,
    kind: OperationKind,
    id: RequestId,
    request: Request,
    label: &mut Option<OperationLabel>,
) -> Result<Answered, Rejection> {
    let deadline = Instant::now() + state.limits.request_timeout;
    let (parts, body) = request.into_parts();
    let caller = authenticate(state, &parts.headers, &parts.extensions).await?;
    body::check_type(&parts.headers)?;
    let mut items = Vec::new();
    url_parameters::reject(&parts.uri, &mut items);
    let headers = OperationHeaders::read(&parts.headers, kind, &mut items);
    let large_bodies = LargeBodies::WithFile(kind, &caller);
    let (body, large) = body::read(&parts.headers, body, state, large_bodies, deadline).await?;
    let pool = if large.is_some() { ThreadPool::Blocking } else { ThreadPool::Async };
    let transfer = match pool {
        ThreadPool::Blocking => Some(state.admission.admit(&caller, RequestClass::Transfer).await?),
        ThreadPool::Async => None,
    };
    let request = parse(kind, body, items, pool).await?;
    let permit = match transfer {
        Some(permit) => {
            body_allowance::check_name(&request.name, &caller, state.limits.body_bytes)?;
            permit
        }
        None => state.admission.admit(&caller, class(&request.name)).await?,
    };
    let (repeatable, seen) = (headers.idempotency_key.is_some(), headers.seen);
    let context = RequestContext {
        caller,
        request_id: id,
        idempotency_key: headers.idempotency_key,
        expected_version: headers.expected_version,
        dry_run: request.dry_run,
        batch_row: None,
    };
    *label = state.operations.known_name(&request.name).map(OperationLabel);
    let application = state.operations.application();
    let operation = async move {
        let _permits = (permit, large);
        match kind {
            OperationKind::Command => {
                let writes = !context.dry_run;
                let reply = application.command_by_name(&request.name, request.data, context).await?;
                let written = if writes { log_position(&*application, deadline).await } else { None };
                Ok(Answered { reply, age: None, written })
            }
            OperationKind::Query => {
                let (name, data) = (&request.name, request.data);
                let answer = application.query_from_replicas(name, data, context.caller, seen).await;
                answer.map(|(reply, age)| Answered { reply, age, written: None })
            }
        }
    };
    let outcome = state.operations.run(kind, pool, deadline, Box::pin(operation)).await;
    Ok(outcome.map_err(|failure| with_retry_after(failure, repeatable))?)
}

/// Which permits an operation takes: a query that filters clients is a search, and so is one that filters or counts their
/// histories.
pub(crate) fn class(name: &str) -> RequestClass {
    let searches = |spec: &&OperationSpec| {
        spec.kind == OperationKind::Query
            && spec.fields.iter().any(|field| matches!(field.name, "filters" | "policy" | "event" | "report"))
    };
    if find_operation(name).as_ref().is_some_and(searches) {
        RequestClass::Search
    } else {
        RequestClass::Ordinary
    }
}

/// Parses a body that has arrived; a large one on a blocking thread.
async fn parse(
    kind: OperationKind,
    body: Vec<u8>,
    items: Vec<Item>,
    pool: ThreadPool,
) -> Result<OperationRequest, Failure> {
    match pool {
        ThreadPool::Async => OperationRequest::parse(kind, &body, items),
        ThreadPool::Blocking => spawn_blocking(move || OperationRequest::parse(kind, &body, items))
            .await
            .unwrap_or_else(|_| Err(envelope::failure_of(Code::Internal))),
    }
}

/// A command whose outcome is unknown may be repeated only under its idempotency key.
pub(crate) fn with_retry_after(mut failure: Failure, repeatable: bool) -> Failure {
    if failure.status == Status::UnknownOutcome && repeatable {
        failure.retry_after = Some(1);
    }
    failure
}
