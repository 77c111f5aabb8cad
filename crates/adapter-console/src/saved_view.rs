//! The saved views that a person sees.

use client_domain::Permission;
use client_wire::Failure;
use serde_json::json;

use crate::record::Record;
use crate::sentence::{Sentence, index, listed};
use crate::visit::Visit;

/// A saved view as the page lists it.
pub(crate) struct View {
    pub(crate) name: String,
    pub(crate) owner_id: String,
    /// Who shares it, if that is another person.
    pub(crate) owner: Option<String>,
    pub(crate) shared: bool,
    pub(crate) usable: bool,
    /// Why it cannot be used.
    pub(crate) problems: Vec<String>,
    pub(crate) may_delete: bool,
}

/// The views that the person sees.
pub(crate) async fn views(visit: &Visit) -> Result<Vec<View>, Failure> {
    let found: Record = visit.ask("RetrieveViewsQuery", json!({})).await?;
    let may_share = visit.caller().may(Permission::ViewsShare);
    let view = |one: &Record| View {
        name: one.text("name"),
        owner_id: one.text("ownerId"),
        owner: (!one.flag("mine")).then(|| one.text("owner")),
        shared: one.flag("shared"),
        usable: one.flag("usable"),
        problems: problem_texts(visit, one),
        may_delete: one.flag("mine") || may_share,
    };
    Ok(found.records("views").iter().map(view).collect())
}

/// Why a view cannot be used, for a page that would have made its search.
pub(crate) fn unusable(visit: &Visit, view: &Record) -> Vec<Sentence> {
    let summary = visit.language.filled("views.unusable", &[("name", &view.text("name"))]);
    let texts = std::iter::once(summary).chain(problem_texts(visit, view));
    texts.map(Sentence::plain).collect()
}

fn problem_texts(visit: &Visit, view: &Record) -> Vec<String> {
    view.records("problems").iter().map(|problem| problem_text(visit, problem)).collect()
}

/// The sentence of the problem, and where in the view it is.
fn problem_text(visit: &Visit, problem: &Record) -> String {
    let sentence = listed(visit.language, problem);
    let path = problem.text("field");
    let numbered = |key: &str, list: &str| {
        let at = index(&path, list)?;
        Some(visit.language.filled(key, &[("number", &(at + 1).to_string())]))
    };
    let place = numbered("views.condition", "search.filters[").or(numbered("views.column", "columns["));
    match place.or(sentence.label) {
        Some(place) => format!("{place}: {}", sentence.text),
        None => sentence.text,
    }
}
