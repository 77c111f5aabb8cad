//! The paths that concern the service and not its clients; none of them takes a token.

use client_app::CheckName;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, PathItem};
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder};
use utoipa::openapi::{ContentBuilder, RefOr, Response, ResponseBuilder, Schema, SecurityRequirement};

use super::success;
use crate::openapi::errors;
use crate::openapi::headers::with_headers;
use crate::openapi::schemas::{enumeration, envelope, requiring, text};
use crate::status::Status;

/// Probes, metrics, and this description.
pub(crate) fn paths() -> impl Iterator<Item = (String, PathItem)> {
    probes().into_iter().chain(descriptions())
}

fn probes() -> [(String, PathItem); 3] {
    let (unavailable_status, unavailable) = errors::response_reference(Status::Unavailable);
    [
        path(
            "/healthz",
            operation(
                "isAlive",
                "Liveness of the process",
                "It checks no dependency; for the supervisor that restarts the process.",
            )
            .response("200", json("The process answers.", state("alive", None))),
        ),
        path(
            "/readyz",
            operation(
                "isReady",
                "Readiness for requests",
                "503 while the service cannot serve requests and once it is shutting down; for the load balancer.",
            )
            .response("200", json("The service is ready for requests.", state("ready", Some(checks()))))
            .response(unavailable_status, unavailable),
        ),
        path(
            "/metrics",
            operation(
                "metrics",
                "Metrics in the Prometheus text format, without personal data",
                "The number of series is bounded, whatever the requests.",
            )
            .response("200", response("The metrics.", "text/plain", text())),
        ),
    ]
}

fn descriptions() -> [(String, PathItem); 3] {
    let document = || json("The OpenAPI document.", ObjectBuilder::new());
    let page = response("The first page, if the redirect was followed.", "text/html", text());
    [
        path(
            "/openapi.json",
            operation(
                "description",
                "This API with its two paths",
                "The name in the body selects the operation.",
            )
            .response("200", document()),
        ),
        path(
            "/openapi-operations.json",
            operation(
                "descriptionByOperation",
                "This API with a path for each operation",
                "For code generators and test tools. The part of a path after `#` is never sent.",
            )
            .response("200", document()),
        ),
        path(
            "/docs",
            operation("pages", "Both descriptions as web pages", "The pages load nothing from other hosts.")
                .response("200", page)
                .response("303", Response::new("The pages are at `/docs/`.")),
        ),
    ]
}

fn path(path: &str, operation: OperationBuilder) -> (String, PathItem) {
    (path.to_owned(), PathItem::new(HttpMethod::Get, operation))
}

fn operation(id: &str, summary: &str, about: &str) -> OperationBuilder {
    let (status, other_method) = errors::response_reference(Status::MethodNotAllowed);
    OperationBuilder::new()
        .operation_id(Some(id))
        .tag("Service")
        .summary(Some(summary))
        .description(Some(about))
        .securities(Some(Vec::<SecurityRequirement>::new()))
        .response(status, other_method)
}

fn state(state: &str, checks: Option<ArrayBuilder>) -> ObjectBuilder {
    let data = requiring(ObjectBuilder::new().property("status", enumeration([state])), ["status"]);
    envelope(match checks {
        None => data,
        Some(checks) => data.property("checks", checks).required("checks"),
    })
}

/// What was checked. A check that failed is an item of `errors`, with its name as the detail `check`.
fn checks() -> ArrayBuilder {
    let names = enumeration(CheckName::ALL.into_iter().map(CheckName::name));
    let check = ObjectBuilder::new()
        .property("name", names)
        .property("status", enumeration(["ok", "warning"]))
        .property("message", text().description(Some("Findings that need an operator's attention.")));
    ArrayBuilder::from(Array::new(requiring(check, ["name", "status"])))
        .description(Some("The checks and their results."))
}

fn json(about: &str, schema: impl Into<RefOr<Schema>>) -> Response {
    with_headers(success::json(about, schema), ["X-Request-Id"]).build()
}

fn response(about: &str, media_type: &str, schema: ObjectBuilder) -> Response {
    let content = ContentBuilder::new().schema(Some(schema)).build();
    with_headers(ResponseBuilder::new().description(about).content(media_type, content), ["X-Request-Id"])
        .build()
}
