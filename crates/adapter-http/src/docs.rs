//! The API description and the page that shows it.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use client_wire::{Outcome, Reply};
use serde_json::json;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::api::Shared;
use crate::{envelope, page_coding};
use client_wire::spec::OperationKind;

/// `GET /`: where to go from here, for a person who has only the address.
pub(crate) async fn links() -> Response {
    let data = json!({
        "pages": "/docs/",
        "description": "/openapi.json",
        "descriptionByOperation": "/openapi-operations.json",
        "commands": OperationKind::Command.path(),
        "queries": OperationKind::Query.path(),
        "health": "/healthz",
        "readiness": "/readyz",
    });
    let message = "This is the Clients API.".to_owned();
    envelope::success(&Reply { message, data, version: None, outcome: Outcome::Done })
}

/// `GET /openapi.json`.
pub(crate) async fn description(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], shared.description.clone())
}

/// It says the same whatever the settings are, so it is written once.
static BY_OPERATION: LazyLock<Bytes> =
    LazyLock::new(|| Bytes::from(client_wire::description_by_operation().to_string()));

/// `GET /openapi-operations.json`.
pub(crate) async fn description_by_operation() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], BY_OPERATION.clone())
}

/// `GET /docs/`: Swagger UI from the binary, with nothing fetched from elsewhere. The validator badge, which
/// would send the address of the description to a third party, is off.
pub(crate) fn pages() -> Router<Arc<Shared>> {
    let config = Config::new(["/openapi-operations.json", "/openapi.json"]).validator_url("none");
    let pages: Router<Arc<Shared>> = SwaggerUi::new("/docs").config(config).into();
    pages.layer(from_fn(page_coding::negotiate)).layer(map_response(guarded))
}

/// Swagger UI styles elements directly; everything else comes from this service, and no other page may frame it.
async fn guarded(mut response: Response) -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                          img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}
