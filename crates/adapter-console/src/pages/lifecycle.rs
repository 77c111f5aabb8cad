//! The lifecycle: the picture and the table, both from the table that the service decides by.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use serde_json::json;

use crate::curl;
use crate::picture::{places, size, way};
use crate::record::Record;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "lifecycle.html")]
struct LifecyclePage {
    shell: Shell,
    /// The state of the client that the reader comes from.
    lit: Option<String>,
    width: i32,
    height: i32,
    nodes: Vec<Node>,
    ways: Vec<Arrow>,
    rows: Vec<Row>,
    curl: String,
}

struct Node {
    name: String,
    label: String,
    x: i32,
    y: i32,
    lit: bool,
}

struct Arrow {
    path: String,
    actions: Vec<String>,
    x: i32,
    y: i32,
}

struct Row {
    from: String,
    action: String,
    to: String,
    guards: String,
    permission: String,
    lit: bool,
}

/// `GET /console/lifecycle`, perhaps with the state of a client: `?state=Approved`.
pub(crate) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let found: Record =
        visit.ask("RetrieveLifecycleQuery", json!({})).await.map_err(|failure| visit.failed(&failure))?;
    let transitions = found.records("transitions");
    let edges: Vec<_> = transitions.iter().map(|row| (row.text("from"), row.text("to"))).collect();
    let places = places(&edges);
    let wanted = query.as_deref().and_then(|query| query.strip_prefix("state=")).unwrap_or_default();
    let lit = places.contains_key(wanted).then(|| visit.language.word("state", wanted));
    let (width, height) = size(&places);
    let node = |(name, place): (&String, &crate::picture::Place)| Node {
        label: visit.language.word("state", name),
        x: place.x,
        y: place.y,
        lit: name == wanted,
        name: name.clone(),
    };
    // One arrow between two states, with the names of all actions that lead there.
    let mut actions: BTreeMap<&(String, String), Vec<String>> = BTreeMap::new();
    for (row, edge) in transitions.iter().zip(&edges) {
        actions.entry(edge).or_default().push(visit.language.word("action", &row.text("action")));
    }
    let arrow = |((from, to), actions): (&(String, String), Vec<String>)| {
        let way = way(places.get(from)?, places.get(to)?);
        Some(Arrow { path: way.path, actions, x: way.x, y: way.y })
    };
    let ways = actions.into_iter().filter_map(arrow).collect();
    let page = LifecyclePage {
        shell: visit.shell(visit.text("lifecycle.title")),
        lit,
        width,
        height,
        nodes: places.iter().map(node).collect(),
        ways,
        rows: transitions.iter().map(|row| self::row(&visit, row, wanted)).collect(),
        curl: curl::query(&visit.console, "RetrieveLifecycleQuery", &json!({})),
    };
    Ok(html(StatusCode::OK, &page))
}

fn row(visit: &Visit, row: &Record, wanted: &str) -> Row {
    let word = |group: &str, member: &str| visit.language.word(group, &row.text(member));
    let guards: Vec<_> = row.names("guards").iter().map(|name| visit.language.word("guard", name)).collect();
    Row {
        from: if row.has("from") { word("state", "from") } else { visit.text("lifecycle.start") },
        action: word("action", "action"),
        to: word("state", "to"),
        guards: guards.join(", "),
        permission: if row.has("permission") {
            word("permission", "permission")
        } else {
            visit.text("lifecycle.system")
        },
        lit: row.has("from") && row.text("from") == wanted,
    }
}
