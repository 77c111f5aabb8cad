//! From a request to an operation and back.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use client_app::{Caller, Code, Failure, Item, Reply, RequestContext, RequestId};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::api::Shared;
use crate::auth::Refused;
use crate::body;
use crate::conditions::Conditions;
use crate::envelope::{self, Failed};
use crate::operation_request::OperationRequest;
use crate::telemetry::{OperationLabel, count_denied};

/// Whether something is to be changed or to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Command,
    Query,
}

impl Kind {
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Command => "/api/bpm/cmd",
            Self::Query => "/api/bpm/qry",
        }
    }

    pub(crate) const fn name_member(self) -> &'static str {
        match self {
            Self::Command => "commandName",
            Self::Query => "queryName",
        }
    }

    pub(crate) const fn plural(self) -> &'static str {
        match self {
            Self::Command => "commands",
            Self::Query => "queries",
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Command => Self::Query,
            Self::Query => Self::Command,
        }
    }
}

pub(crate) async fn command(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    answer(&shared, Kind::Command, id, request).await
}

pub(crate) async fn query(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    request: Request,
) -> Response {
    answer(&shared, Kind::Query, id, request).await
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

async fn answer(shared: &Shared, kind: Kind, id: RequestId, request: Request) -> Response {
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
    let unread =
        |item: &Item| matches!(item.code, Code::BodyTooLarge | Code::RequestTimeout | Code::ContentTruncated);
    if failure.items.iter().any(unread) {
        // The rest of the body is not read, so nothing can follow it on this connection.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Who is asking, if their turn has come, and a place among the requests in flight.
pub(crate) async fn let_in(
    shared: &Shared,
    headers: &HeaderMap,
) -> Result<(Caller, OwnedSemaphorePermit), NotDone> {
    let caller = authenticate(shared, headers).await?;
    if let Some(rate) = &shared.caller_rate {
        rate.take(&caller.actor.id)?;
    }
    Ok((caller, shared.work.slot()?))
}

async fn done(
    shared: &Shared,
    kind: Kind,
    id: RequestId,
    request: Request,
    label: &mut Option<OperationLabel>,
) -> Result<Reply, NotDone> {
    let deadline = Instant::now() + shared.limits.request_timeout;
    let (parts, body) = request.into_parts();
    let (caller, slot) = let_in(shared, &parts.headers).await?;
    body::check_type(&parts.headers)?;
    let mut items = Vec::new();
    let conditions = Conditions::read(&parts.headers, kind, &mut items);
    let (body, large) = body::read(&parts.headers, body, shared, deadline).await?;
    let request = OperationRequest::parse(kind, &body, items)?;
    let context = RequestContext {
        caller,
        request_id: id,
        idempotency_key: conditions.idempotency_key,
        if_match: conditions.if_match,
        dry_run: request.dry_run,
    };
    *label = shared.work.known_name(&request.name).map(OperationLabel);
    drop(body);
    let operations = shared.work.operations();
    let work = async move {
        let _places = (slot, large);
        match kind {
            Kind::Command => operations.command(&request.name, request.data, context).await,
            Kind::Query => operations.query(&request.name, request.data, context.caller).await,
        }
    };
    Ok(shared.work.run(kind, deadline, work).await?)
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
