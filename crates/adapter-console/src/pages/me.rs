//! The person who is signed in: who it is, what it may do, and until when.

use askama::Template;
use axum::http::StatusCode;
use client_domain::Permission;

use crate::part::{Pair, moment};
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    shell: Shell,
    facts: Vec<Pair>,
    since: String,
    since_shown: String,
    until: String,
    until_shown: String,
    /// The permissions that the person holds: each with its name and in words.
    held: Vec<(&'static str, String)>,
    lacking: Vec<(&'static str, String)>,
}

/// `GET /console/me`.
pub(crate) async fn page(visit: Visit) -> Answer {
    let caller = visit.caller();
    let email = caller.actor.email.as_ref().map(|email| email.as_str());
    let branch = caller.branch.as_ref().map(|branch| branch.as_str());
    let facts = [("me.subject", Some(caller.actor.id.as_str())), ("me.email", email), ("me.branch", branch)];
    let fact =
        |(key, value): (&str, Option<&str>)| Some(Pair { label: visit.text(key), value: value?.to_owned() });
    let words = |held: bool| {
        let all = Permission::ALL.into_iter().filter(|one| caller.may(*one) == held);
        all.map(|one| (one.name(), visit.language.word("permission", one.name()))).collect()
    };
    let (since, until) = (visit.session.opened_at.to_string(), visit.session.ends_at.to_string());
    let page = MePage {
        shell: visit.shell(visit.text("me.title")),
        facts: facts.into_iter().filter_map(fact).collect(),
        since_shown: moment(&since),
        since,
        until_shown: moment(&until),
        until,
        held: words(true),
        lacking: words(false),
    };
    Ok(html(StatusCode::OK, &page))
}
