//! What the API is, for a person who reads it for the first time.

use std::fmt::Write;

use serde_json::{Value, json};

const ABOUT: &str = "\
Onboarding, review and life of a bank's clients. \"Client\", \"contact\" and \"customer\" are the same thing.

Commands are sent to `/api/bpm/cmd`, queries to `/api/bpm/qry`; the name in the body says which one it is. \
Every answer has the same envelope. Times are RFC 3339 in UTC, dates `YYYY-MM-DD`. \
A member that an operation does not know is refused, never dropped.

## Client states
";

const MORE: &str = "
`RetrieveLifecycleQuery` answers the states, transitions, guards and permissions as data; \
`RetrieveContactActionsQuery` says what can be done with one client now, and why not with the rest.
";

const BOTH: &str = "\
`/openapi-operations.json` describes the same API with a path for each operation, which suits code generators.
";

const EACH: &str = "\
Each operation has a path of its own here, `/api/bpm/cmd#…` or `/api/bpm/qry#…`, so that generated clients have a \
typed method for each. What stands behind `#` is never sent. `/openapi.json` has the two paths as they are.
";

/// Title, version, license, and the states in a table.
pub(super) fn info() -> Value {
    titled("Clients API", BOTH)
}

/// The same for the description that has a path for each operation.
pub(super) fn info_by_operation() -> Value {
    titled("Clients API by operation", EACH)
}

fn titled(title: &str, form: &str) -> Value {
    json!({
        "title": title,
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "Clients of a bank: onboarding, review, blacklist, exit, search.",
        "description": format!("{ABOUT}\n{}{MORE}\n{form}", states()),
        "contact": { "name": "The team that runs this service" },
        "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
    })
}

/// What the paths are grouped by.
pub(super) fn tags() -> Value {
    json!([
        { "name": "Commands", "description": "What changes a client." },
        { "name": "Queries", "description": "What shows clients." },
        { "name": "Service", "description": "Probes, metrics and this description; no token needed." },
    ])
}

/// The table of the states, from the lifecycle itself.
fn states() -> String {
    let lifecycle = crate::lifecycle_json();
    let mut table =
        String::from("| number | name | in words | allowed actions |\n| --- | --- | --- | --- |\n");
    table.push_str("| 0 | `All` | All | a filter value only |\n");
    for state in list(&lifecycle, "states") {
        let actions: Vec<_> = list(state, "allowedActions").filter_map(Value::as_str).collect();
        let member = |name| state.get(name).unwrap_or(&Value::Null);
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "| {} | `{}` | {} | {} |",
            member("number").as_i64().unwrap_or_default(),
            member("name").as_str().unwrap_or_default(),
            member("description").as_str().unwrap_or_default(),
            actions.join(", "),
        );
    }
    table
}

fn list<'a>(object: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    object.get(name).and_then(Value::as_array).into_iter().flatten()
}
