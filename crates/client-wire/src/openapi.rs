//! The API as an `OpenAPI` 3.1 document.
//!
//! Nothing about a single operation is written here: every path, schema and code is read from the tables that
//! the parsers read ([`OPERATIONS`](crate::OPERATIONS), [`Code::ALL`](crate::Code::ALL),
//! [`Status::ALL`](crate::Status::ALL)), so that the description cannot promise what the service refuses.
//!
//! `openapi.json` and `openapi-operations.json` beside the sources are the committed copies, for reviews and for
//! making clients without running the service; `UPDATE_GENERATED=1 cargo test -p client-wire` writes them anew.

mod answers;
mod document_paths;
mod failures;
mod filters;
mod headers;
mod info;
mod operation_paths;
mod operations;
mod presence;
mod requests;
mod schema;
mod service_paths;

use serde_json::{Map, Value, json};

/// The `OpenAPI` 3.1 document of the whole API, for `/openapi.json` and the command line.
///
/// ```
/// let document = client_wire::description();
///
/// assert_eq!(document["openapi"], "3.1.0");
/// assert!(document["components"]["schemas"]["CreateContactCommandData"].is_object());
/// ```
pub fn description() -> Value {
    document(&info::info(), operations::paths())
}

/// The same API with a path for each operation, for `/openapi-operations.json`.
///
/// What stands behind `#` in a path is never sent, so every operation is still sent to one of the two paths;
/// but generated clients get a method for each, with its own types, and test tools see each by itself.
///
/// ```
/// let document = client_wire::description_by_operation();
///
/// let create = &document["paths"]["/api/bpm/cmd#CreateContactCommand"]["post"];
/// assert_eq!(create["operationId"], "createContactCommand");
/// ```
pub fn description_by_operation() -> Value {
    document(&info::info_by_operation(), operation_paths::paths())
}

fn document(info: &Value, operations: impl Iterator<Item = (String, Value)>) -> Value {
    let paths: Map<_, _> = operations.chain(document_paths::paths()).chain(service_paths::paths()).collect();
    let schemas: Map<_, _> = requests::schemas()
        .chain(filters::schemas())
        .chain(answers::schemas())
        .chain(failures::schemas())
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": info,
        "servers": [{ "url": "/" }],
        "tags": info::tags(),
        "security": [{ "bearerAuth": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": failures::responses(),
            "parameters": headers::parameters(),
            "headers": headers::headers(),
            "securitySchemes": {
                "bearerAuth": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A signed token whose `permissions` (or `scope`) hold what the operation \
                        asks for; its schema names that as `x-permission`.",
                },
            },
        },
    })
}

/// The members of an object that was just written down as one, to add more of them.
fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Points to a component of the document.
fn reference(section: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{section}/{name}") })
}

#[cfg(test)]
mod tests;
