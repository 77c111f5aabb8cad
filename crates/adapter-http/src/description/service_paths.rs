//! The paths that concern the service and not its clients; none of them takes a token.

use client_app::{CheckName, Status};
use serde_json::{Value, json};

use super::{answers, failures, headers};

/// Probes, metrics, and this description.
pub(super) fn paths() -> impl Iterator<Item = (String, Value)> {
    let alive = json_response("The process answers.", &state("alive", None));
    let ready = json_response("Requests can be answered now.", &state("ready", Some(&checks())));
    let metrics = response("The metrics.", "text/plain", &json!({ "type": "string" }));
    let document = json_response("The OpenAPI document.", &json!({ "type": "object" }));
    let pages = json!({ "description": "The pages are at `/docs/`." });
    let (unavailable_status, unavailable) = failures::response_reference(Status::Unavailable);
    [
        path("/healthz", "isAlive", "Whether the process lives", &json!({ "200": alive })),
        path(
            "/readyz",
            "isReady",
            "Whether requests can be answered now",
            &json!({ "200": ready, unavailable_status: unavailable }),
        ),
        path(
            "/metrics",
            "metrics",
            "Metrics in the Prometheus text format, without personal data",
            &json!({ "200": metrics }),
        ),
        path("/openapi.json", "description", "This description", &json!({ "200": document })),
        path("/docs", "pages", "This description as pages for people", &json!({ "303": pages })),
    ]
    .into_iter()
}

fn path(path: &str, id: &str, summary: &str, responses: &Value) -> (String, Value) {
    let get = json!({
        "operationId": id,
        "tags": ["Service"],
        "summary": summary,
        "security": [],
        "responses": responses,
    });
    (path.to_owned(), json!({ "get": get }))
}

fn state(state: &str, checks: Option<&Value>) -> Value {
    let status = json!({ "const": state });
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
