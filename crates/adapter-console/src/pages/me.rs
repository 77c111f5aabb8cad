//! The person who is signed in: who it is, what it may do, and until when.

use askama::Template;
use axum::http::StatusCode;
use serde_json::json;

use crate::curl;
use crate::part::Pair;
use crate::record::Record;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    shell: Shell,
    facts: Vec<Pair>,
    /// The permissions that the person holds: each with its name and in words.
    held: Vec<(String, String)>,
    lacking: Vec<(String, String)>,
    curl: String,
}

/// `GET /console/me`.
pub(crate) async fn page(visit: Visit) -> Answer {
    let me: Record =
        visit.ask("RetrieveMyselfQuery", json!({})).await.map_err(|failure| visit.failed(&failure))?;
    let facts = [
        ("me.subject", "actorId"),
        ("me.email", "actorEmail"),
        ("me.branch", "branchEncodedKey"),
        ("field.branchName", "branchName"),
    ];
    let facts = facts.into_iter().filter(|(_, member)| me.has(member));
    let permissions = me.records("permissions");
    let words = |held: bool| {
        let named =
            permissions.iter().filter(|one| one.flag("held") == held).map(|one| one.text("permission"));
        named.map(|name| (name.clone(), visit.language.word("permission", &name))).collect()
    };
    let (since, until) = (visit.session.opened_at.to_string(), visit.session.ends_at.to_string());
    let moments = [("me.since", since), ("me.until", until)];
    let moments = moments.iter().map(|(key, at)| Pair::at(visit.text(key), at));
    let facts = facts.map(|(key, member)| Pair::new(visit.text(key), me.text(member)));
    let page = MePage {
        shell: visit.shell(visit.text("me.title")),
        facts: facts.chain(moments).collect(),
        held: words(true),
        lacking: words(false),
        curl: curl::query(&visit.console, "RetrieveMyselfQuery", &json!({})),
    };
    Ok(html(StatusCode::OK, &page))
}
