//! The paths that concern the service and not its clients; none of them takes a token.

use crate::Status;
use client_app::CheckName;
use serde_json::{Map, Value, json};

use super::{answers, failures, headers, members};

/// Probes, metrics, and this description.
pub(super) fn paths() -> impl Iterator<Item = (String, Value)> {
    let alive = json_response("The process answers.", &state("alive", None));
    let ready = json_response("Requests can be answered now.", &state("ready", Some(&checks())));
    let metrics = response("The metrics.", "text/plain", &json!({ "type": "string" }));
    let document = json_response("The OpenAPI document.", &json!({ "type": "object" }));
    let pages = response(
        "The first page, where the redirect was followed.",
        "text/html",
        &json!({ "type": "string" }),
    );
    let redirect = json!({ "description": "The pages are at `/docs/`." });
    let (unavailable_status, unavailable) = failures::response_reference(Status::Unavailable);
    [
        path(
            "/healthz",
            "isAlive",
            "Whether the process lives",
            "It asks nothing of what stands behind the service; for the supervisor that restarts it.",
            json!({ "200": alive }),
        ),
        path(
            "/readyz",
            "isReady",
            "Whether requests can be answered now",
            "It is 503 while the service cannot answer and after it was told to stop; for the load balancer.",
            json!({ "200": ready, unavailable_status: unavailable }),
        ),
        path(
            "/metrics",
            "metrics",
            "Metrics in the Prometheus text format, without personal data",
            "The number of series is bounded, whatever is asked of the service.",
            json!({ "200": metrics }),
        ),
        path(
            "/openapi.json",
            "description",
            "This API with the two paths as they are",
            "The name in the body says which operation is meant.",
            json!({ "200": document }),
        ),
        path(
            "/openapi-operations.json",
            "descriptionByOperation",
            "This API with a path for each operation",
            "For code generators and test tools. What stands behind `#` in a path is never sent.",
            json!({ "200": document }),
        ),
        path(
            "/docs",
            "pages",
            "Both descriptions as pages for people",
            "Everything that the pages need comes from the service itself.",
            json!({ "200": pages, "303": redirect }),
        ),
    ]
    .into_iter()
}

fn path(path: &str, id: &str, summary: &str, about: &str, responses: Value) -> (String, Value) {
    let (status, other_method) = failures::response_reference(Status::MethodNotAllowed);
    let responses: Map<_, _> = members(responses).into_iter().chain([(status, other_method)]).collect();
    let get = json!({
        "operationId": id,
        "tags": ["Service"],
        "summary": summary,
        "description": about,
        "security": [],
        "responses": responses,
    });
    (path.to_owned(), json!({ "get": get }))
}

fn state(state: &str, checks: Option<&Value>) -> Value {
    let status = json!({ "type": "string", "enum": [state] });
    let (properties, required) = match checks {
        None => (json!({ "status": status }), json!(["status"])),
        Some(checks) => (json!({ "status": status, "checks": checks }), json!(["status", "checks"])),
    };
    let data = json!({ "type": "object", "properties": properties, "required": required });
    Value::Object(answers::envelope(&data))
}

/// What was checked. A check that failed is an item of `errors`, with its name as the detail `check`.
fn checks() -> Value {
    let names: Vec<_> = CheckName::ALL.into_iter().map(CheckName::name).collect();
    json!({
        "type": "array",
        "description": "What was checked, and what was found.",
        "items": {
            "type": "object",
            "properties": {
                "name": { "type": "string", "enum": names },
                "status": { "type": "string", "enum": ["ok", "warning"] },
                "message": { "type": "string", "description": "What needs attention, for operators." },
            },
            "required": ["name", "status"],
        },
    })
}

fn json_response(about: &str, schema: &Value) -> Value {
    response(about, "application/json", schema)
}

fn response(about: &str, media_type: &str, schema: &Value) -> Value {
    json!({
        "description": about,
        "headers": headers::references(["X-Request-Id"]),
        "content": { media_type: { "schema": schema } },
    })
}
