//! The API as an `OpenAPI` 3.1 document.
//!
//! Nothing about a single operation is written here: every path, schema and code is read from the tables that
//! the parsers read ([`OPERATIONS`](crate::catalogue::OPERATIONS), [`Code::ALL`](crate::code::Code::ALL),
//! [`Status::ALL`](crate::status::Status::ALL)), so that the description cannot promise what the service refuses. What is made
//! of them are values of the types of `utoipa`, so that a keyword in the wrong place does not compile; `keywords`
//! holds the few that it has no types for.
//!
//! `openapi.json` and `openapi-operations.json` beside the sources are the committed copies, for reviews and for
//! making clients without running the service; `UPDATE_GENERATED=1 cargo test -p client-wire` writes them anew.

mod document;
mod errors;
mod headers;
mod info;
mod keywords;
mod operations;
mod schemas;

use serde_json::Value;

/// The `OpenAPI` 3.1 document of the whole API, for `/openapi.json` and the command line.
///
/// ```
/// let document = client_wire::description();
///
/// assert_eq!(document["openapi"], "3.1.0");
/// assert!(document["components"]["schemas"]["CreateContactCommandData"].is_object());
/// ```
pub fn description() -> Value {
    document::by_kind()
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
    document::by_operation()
}

#[cfg(test)]
mod tests;
