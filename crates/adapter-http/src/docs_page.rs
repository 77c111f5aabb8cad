//! The API description and the page that shows it.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, VARY, X_FRAME_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use client_wire::spec::OperationKind;
use client_wire::{Outcome, Reply};
use serde_json::json;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::envelope;
use crate::middleware::page_coding;
use crate::state::AppState;

/// `GET /`: the paths of the service, for a person who has only its address. A browser is led to the start page, if there
/// is one.
pub(crate) fn links(headers: &HeaderMap, start_page: Option<&'static str>) -> Response {
    if let Some(page) = start_page.filter(|_| is_browser(headers)) {
        return (StatusCode::SEE_OTHER, [(LOCATION, page), (VARY, "accept")]).into_response();
    }
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
    envelope::success_response(&Reply { message, data: data.into(), version: None, outcome: Outcome::Done })
}

/// Whether the caller asks for a page: browsers name HTML, and programs do not.
fn is_browser(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|value| value.split([',', ';']))
        .any(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
}

/// `GET /openapi.json`.
pub(crate) async fn description(State(state): State<Arc<AppState>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], state.description.clone())
}

/// It does not depend on the settings, so it is made once.
static BY_OPERATION: LazyLock<Bytes> =
    LazyLock::new(|| Bytes::from(client_wire::description_by_operation().to_string()));

/// `GET /openapi-operations.json`.
pub(crate) async fn description_by_operation() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], BY_OPERATION.clone())
}

/// `GET /docs/`: Swagger UI from the binary, with nothing loaded from other hosts. The validator badge, which would send
/// the address of the description to a third party, is off.
pub(crate) fn pages() -> Router<Arc<AppState>> {
    let config = Config::new(["/openapi-operations.json", "/openapi.json"]).validator_url("none");
    let pages: Router<Arc<AppState>> = SwaggerUi::new("/docs").config(config).into();
    pages.layer(from_fn(page_coding::negotiate)).layer(map_response(with_security_headers))
}

/// Swagger UI styles elements directly; everything else comes from this service, and no other page may frame it.
async fn with_security_headers(mut response: Response) -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                          img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}
