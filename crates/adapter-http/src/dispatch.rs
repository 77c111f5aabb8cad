//! From a request to an operation and back.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use client_app::{Caller, RequestContext, RequestId};
use client_wire::spec::{OperationKind, OperationSpec};
use client_wire::{Code, Failure, Item, Reply, Status, find_operation};
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use crate::admission::Lane;
use crate::api::Shared;
use crate::auth::Refused;
use crate::conditions::Conditions;
use crate::envelope::{self, Failed};
use crate::telemetry::{OperationLabel, count_denied};
use crate::work::Weight;
use crate::{body, body_allowance, url_parameters};
use client_wire::OperationRequest;

pub(crate) async fn command(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    answer(&shared, OperationKind::Command, id, request).await
}

pub(crate) async fn query(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    answer(&shared, OperationKind::Query, id, request).await
}

/// Why a request was not done, with what the log is told beyond the failure.
pub(crate) struct NotDone {
    failure: Failure,
    reason: Option<&'static str>,
}

impl From<Failure> for NotDone {
    fn from(failure: Failure) -> Self {
        Self { failure, reason: None }
    }
}

impl From<Refused> for NotDone {
    fn from(refused: Refused) -> Self {
        count_denied(refused.code());
        Self { failure: envelope::refusal(refused.code()), reason: Some(refused.reason()) }
    }
}

async fn answer(shared: &Shared, kind: OperationKind, id: RequestId, request: Request) -> Response {
    let mut label = None;
    let mut response = match done(shared, kind, id, request, &mut label).await {
        Ok(reply) => envelope::success(&reply),
        Err(refused) => not_done(refused),
    };
    if let Some(label) = label {
        response.extensions_mut().insert(label);
    }
    response
}

/// The answer to what was not done.
pub(crate) fn not_done(NotDone { failure, reason }: NotDone) -> Response {
    let mut response = envelope::failure(&failure);
    if let Some(failed) = response.extensions_mut().get_mut::<Failed>() {
        failed.reason = reason;
    }
    let unread = |item: &Item| {
        matches!(
            item.code,
            Code::BodyTooLarge
                | Code::RequestTimeout
                | Code::ContentTruncated
                | Code::TooComplex
                | Code::BodyIncomplete
        )
    };
    if failure.items.iter().any(unread) {
        // The rest of the body is not read, so nothing can follow it on this connection.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The caller, if it may do anything at all and has not asked too often.
pub(crate) async fn let_in(shared: &Shared, headers: &HeaderMap) -> Result<Caller, NotDone> {
    let caller = authenticate(shared, headers).await?;
    if caller.permissions.iter().next().is_none() {
        let message = "The token holds no permission of this service.";
        return Err(Failure::of(Item::new(Code::PermissionMissing, message)).into());
    }
    if let Some(rate) = &shared.caller_rate {
        rate.take(&caller.actor.id)?;
    }
    Ok(caller)
}

/// Whether a query looks through the clients, rather than for one by its key.
fn lane(name: &str) -> Lane {
    let searches = |spec: &&OperationSpec| {
        spec.kind == client_wire::spec::OperationKind::Query
            && spec.fields.iter().any(|field| matches!(field.name, "filters" | "policy"))
    };
    if find_operation(name).as_ref().is_some_and(searches) { Lane::Search } else { Lane::Ordinary }
}

/// Reads a body that has arrived. A large one is read by a thread that may take its time.
async fn parsed(
    kind: OperationKind,
    body: Vec<u8>,
    items: Vec<Item>,
    weight: Weight,
) -> Result<OperationRequest, Failure> {
    match weight {
        Weight::Light => OperationRequest::parse(kind, &body, items),
        Weight::Heavy => spawn_blocking(move || OperationRequest::parse(kind, &body, items))
            .await
            .unwrap_or_else(|_| Err(envelope::refusal(Code::Internal))),
    }
}

async fn done(
    shared: &Shared,
    kind: OperationKind,
    id: RequestId,
    request: Request,
    label: &mut Option<OperationLabel>,
) -> Result<Reply, NotDone> {
    let deadline = Instant::now() + shared.limits.request_timeout;
    let (parts, body) = request.into_parts();
    let caller = let_in(shared, &parts.headers).await?;
    body::check_type(&parts.headers)?;
    let mut items = Vec::new();
    url_parameters::refuse(&parts.uri, &mut items);
    let conditions = Conditions::read(&parts.headers, kind, &mut items);
    let (body, large) = body::read(&parts.headers, body, shared, (kind, &caller), deadline).await?;
    let weight = if large.is_some() { Weight::Heavy } else { Weight::Light };
    let transfer = match weight {
        Weight::Heavy => Some(shared.admission.admit(&caller, Lane::Transfer).await?),
        Weight::Light => None,
    };
    let request = parsed(kind, body, items, weight).await?;
    let permit = match transfer {
        Some(permit) => {
            body_allowance::check_name(&request.name, &caller, shared.limits.body_bytes)?;
            permit
        }
        None => shared.admission.admit(&caller, lane(&request.name)).await?,
    };
    let repeatable = conditions.idempotency_key.is_some();
    let context = RequestContext {
        caller,
        request_id: id,
        idempotency_key: conditions.idempotency_key,
        expected_version: conditions.expected_version,
        dry_run: request.dry_run,
    };
    *label = shared.work.known_name(&request.name).map(OperationLabel);
    let operations = shared.work.operations();
    let work = async move {
        let _held = (permit, large);
        match kind {
            OperationKind::Command => operations.command_by_name(&request.name, request.data, context).await,
            OperationKind::Query => {
                operations.query_by_name(&request.name, request.data, context.caller).await
            }
        }
    };
    let outcome = shared.work.run(kind, weight, deadline, work).await;
    Ok(outcome.map_err(|failure| with_retry_after(failure, repeatable))?)
}

/// A command whose outcome is unknown may be repeated only under its idempotency key.
pub(crate) fn with_retry_after(mut failure: Failure, repeatable: bool) -> Failure {
    if failure.status == Status::UnknownOutcome && repeatable {
        failure.retry_after = Some(1);
    }
    failure
}

/// The caller of the one Bearer token in the one `Authorization` header; a token anywhere else is not seen.
async fn authenticate(shared: &Shared, headers: &HeaderMap) -> Result<Caller, Refused> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let header = given.next().ok_or(Refused::Missing)?;
    if given.next().is_some() {
        return Err(Refused::Invalid("two_headers"));
    }
    let text = header.to_str().map_err(|_| Refused::Invalid("characters"))?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("Bearer") || token.is_empty() {
        return Err(Refused::Missing);
    }
    shared.verifier.verify(token).await
}
