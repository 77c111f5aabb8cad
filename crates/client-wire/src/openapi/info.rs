//! What the API is, for a person who reads it for the first time.

use std::fmt::Write;

use serde_json::Value;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ContactBuilder, Info, InfoBuilder, LicenseBuilder, Tag};

use super::keywords::Keywords;

const ABOUT: &str = "\
Onboarding, review and lifecycle of a bank's clients. \"Client\", \"contact\" and \"customer\" are the same thing.

Commands are sent to `/api/bpm/cmd`, queries to `/api/bpm/qry`; the name in the body selects the operation. \
Every answer has the same envelope. Times are RFC 3339 in UTC, dates `YYYY-MM-DD`. \
An unknown member is refused, never ignored.

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
typed method for each. The part after `#` is never sent. `/openapi.json` has the two paths as they are.
";

/// Title, version, license, and the states in a table.
pub(crate) fn info() -> Info {
    titled("Clients API", BOTH)
}

/// The same for the description that has a path for each operation.
pub(crate) fn info_by_operation() -> Info {
    titled("Clients API by operation", EACH)
}

fn titled(title: &str, form: &str) -> Info {
    let license = LicenseBuilder::new()
        .name(env!("CARGO_PKG_LICENSE"))
        .identifier(Some(env!("CARGO_PKG_LICENSE")))
        .build();
    let summary = "Clients of a bank: onboarding, review, blacklist, exit, search.";
    InfoBuilder::new()
        .title(title)
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(format!("{ABOUT}\n{}{MORE}\n{form}", states())))
        .contact(Some(ContactBuilder::new().name(Some("The team that runs this service")).build()))
        .license(Some(license))
        .extensions(Some(Extensions::from(Keywords { summary: Some(summary), ..Keywords::default() })))
        .build()
}

/// What the paths are grouped by.
pub(crate) fn tags() -> impl Iterator<Item = Tag> {
    [
        ("Commands", "Commands change a client."),
        ("Queries", "Queries read clients."),
        ("Service", "Probes, metrics and this description; no token needed."),
    ]
    .into_iter()
    .map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())
}

/// The table of the states, from the lifecycle itself.
fn states() -> String {
    let lifecycle = crate::queries::lifecycle::lifecycle_json();
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
