//! Reports as files.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use client_wire::spec::OperationKind;
use client_wire::{OperationRequest, ReportFile};
use tokio::time::Instant;

use crate::admission::running_operations::ThreadPool;
use crate::attachment::attach;
use crate::documents::labelled;
use crate::envelope::add_read_age;
use crate::request::body::{self, LargeBodies};
use crate::request::caller::authenticate;
use crate::request::dispatch::class;
use crate::request::headers::OperationHeaders;
use crate::request::rejection::Rejection;
use crate::state::AppState;

pub(crate) use client_wire::spec::REPORT_PATH as PATH;

const QUERY: &str = "RetrieveReportQuery";

/// The query, whose answer is a file.
pub(crate) async fn post(State(state): State<Arc<AppState>>, request: Request) -> Response {
    let response = match answer(&state, request).await {
        Ok(response) => response,
        Err(rejection) => rejection.into_response(),
    };
    labelled(response, QUERY)
}

async fn answer(state: &AppState, request: Request) -> Result<Response, Rejection> {
    let deadline = Instant::now() + state.limits.request_timeout;
    let (parts, body) = request.into_parts();
    let caller = authenticate(state, &parts.headers, &parts.extensions).await?;
    body::check_type(&parts.headers)?;
    let headers = OperationHeaders::of_path(&parts, OperationKind::Query)?;
    let (body, _) = body::read(&parts.headers, body, state, LargeBodies::Refused, deadline).await?;
    let data = OperationRequest::members(&body)?;
    let permit = state.admission.admit(&caller, class(QUERY)).await?;
    let application = state.operations.application();
    let operation = async move {
        let _permit = permit;
        application.query_from_replicas(QUERY, data, caller, headers.seen).await
    };
    let (reply, age) =
        state.operations.run(OperationKind::Query, ThreadPool::Async, deadline, Box::pin(operation)).await?;
    let file = ReportFile::of(&reply.data);
    let mut response = Response::new(Body::from(file.bytes));
    attach(&mut response, ReportFile::MEDIA_TYPE, &file.name);
    add_read_age(&mut response, age);
    Ok(response)
}
