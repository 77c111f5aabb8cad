//! The API description and the page that shows it.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::api::Shared;

/// `GET /openapi.json`.
pub(crate) async fn description(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], shared.description.clone())
}

/// `GET /docs/`: Swagger UI from the binary, with nothing fetched from elsewhere. The validator badge, which
/// would send the address of the description to a third party, is off.
pub(crate) fn pages() -> Router<Arc<Shared>> {
    let config = Config::new(["/openapi.json"]).validator_url("none");
    SwaggerUi::new("/docs").config(config).into()
}
