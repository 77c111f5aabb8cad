//! Renders the tables for people and for PostgreSQL. A test compares the committed copies.

use std::fmt::Write as _;

use super::activity::ALLOWANCES;
use super::guard::Guard;
use super::state::ClientState;
use super::table::TRANSITIONS;
use crate::permission::Permission;

/// The state diagram in Mermaid's language.
pub fn mermaid() -> String {
    let mut text = String::from("stateDiagram-v2\n");
    for state in ClientState::ALL {
        if state.description() != state.name() {
            let _ = writeln!(text, "    state \"{}\" as {}", state.description(), state.name());
        }
    }
    for row in TRANSITIONS {
        let from = row.from.map_or("[*]", ClientState::name);
        let _ = writeln!(text, "    {from} --> {}: {}", row.to.name(), row.action.name());
    }
    for state in ClientState::ALL.into_iter().filter(|state| state.is_final()) {
        let _ = writeln!(text, "    {} --> [*]", state.name());
    }
    text
}

/// The lifecycle as a Markdown table.
pub fn transitions_markdown() -> String {
    let mut text = String::from(
        "| from | action | to | guards | reason | permission | initiated by | event |\n| --- | --- | --- | --- \
         | --- | --- | --- | --- |\n",
    );
    for row in TRANSITIONS {
        let guards: Vec<_> = row.guards.iter().copied().map(Guard::name).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | `{}` |",
            row.from.map_or("–", ClientState::description),
            row.action.name(),
            row.to.description(),
            if guards.is_empty() { "–".to_owned() } else { guards.join(", ") },
            if row.reason_needed { "needed" } else { "–" },
            permission(row.permission),
            row.initiator.name(),
            row.event.name(),
        );
    }
    text
}

/// The activities that the states allow, as a Markdown table.
pub fn allowances_markdown() -> String {
    let mut text = String::from("| activity | allowed in | permission |\n| --- | --- | --- |\n");
    for row in &ALLOWANCES {
        let states: Vec<_> = row.states.iter().map(|state| state.description()).collect();
        let states = if row.states.len() == ClientState::ALL.len() {
            "every state".to_owned()
        } else {
            states.join(", ")
        };
        let permission = permission(row.permission);
        let _ = writeln!(text, "| {} | {states} | {permission} |", row.activity.name());
    }
    text
}

fn permission(permission: Option<Permission>) -> String {
    permission.map_or("–".to_owned(), |permission| format!("`{}`", permission.name()))
}

/// The legal transitions as SQL that seeds a table, so that a database can enforce the lifecycle.
///
/// The state before a creation is 0, because a key column cannot be null.
pub fn edges_sql() -> String {
    let rows: Vec<_> = TRANSITIONS
        .iter()
        .map(|row| {
            let from = row.from.map_or(0, ClientState::number);
            format!("    ({from}, '{}', {})", row.action.name(), row.to.number())
        })
        .collect();
    format!(
        "INSERT INTO client_lifecycle_edge (from_state, action, to_state) VALUES\n{}\nON CONFLICT DO NOTHING;\n",
        rows.join(",\n")
    )
}
