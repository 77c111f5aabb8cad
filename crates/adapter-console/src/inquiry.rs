//! A query that a person narrows by its members and pages through.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use client_wire::spec::FieldSpec;
use client_wire::{Code, Failure, find_operation};
use serde_json::{Map, Value};

use crate::command::data::data;
use crate::command::field::Field;
use crate::curl;
use crate::entered::{Entered, unreadable};
use crate::fields::Fields;
use crate::record::Record;
use crate::sentence::Sentence;
use crate::shell::html;
use crate::stop::Answer;
use crate::visit::{Visit, status};

/// What a page shows of a query besides the answer.
pub(crate) struct Inquiry {
    /// The members of the query, as the person has filled them in.
    pub(crate) fields: Vec<Field>,
    /// What is wrong.
    pub(crate) sentences: Vec<Sentence>,
    /// The same query with `curl`.
    pub(crate) curl: String,
    /// Where the next page of the answer begins.
    pub(crate) next: Option<String>,
}

/// The members of a query that a person fills in: all but the paging.
pub(crate) fn members(query: &str) -> Vec<&'static FieldSpec> {
    let fields = find_operation(query).map_or(&[][..], |spec| spec.fields).iter();
    fields.filter(|field| !matches!(field.name, "cursor" | "pageSize")).collect()
}

/// Leads from the form of a query to the address of its page with what was filled in; none if that would be too long, and then the
/// page is the answer.
pub(crate) fn lead(
    visit: &Visit,
    path: &str,
    members: &[&'static FieldSpec],
    sent: &Fields,
) -> Option<Response> {
    let is_of_query = |name: &str| name == "cursor" || members.iter().any(|member| member.name == name);
    let filled = sent.texts.iter().filter(|(name, value)| is_of_query(name) && !value.is_empty());
    visit.lead(path, &filled.cloned().collect::<Vec<_>>())
}

/// Asks a query for what the person has filled in of these members, and for what the page itself adds.
pub(crate) async fn ask(
    visit: &Visit,
    query: &'static str,
    members: &[&'static FieldSpec],
    entered: &Entered,
    added: Map<String, Value>,
) -> (Inquiry, Result<Record, Failure>) {
    let empty = Fields::default();
    let sent = if let Entered::Fields(fields) = entered { fields } else { &empty };
    let mut wanted = data(members, sent, None);
    wanted.extend(added);
    let curl = curl::query(&visit.console, query, &Value::Object(wanted.clone()));
    wanted.extend(sent.text("cursor").map(|cursor| ("cursor".to_owned(), cursor.into())));
    let (found, sentences) = if matches!(entered, Entered::Unreadable) {
        (Err(unreadable()), visit.unreadable())
    } else {
        let found: Result<Record, Failure> = visit.ask(query, Value::Object(wanted)).await;
        let sentences = found.as_ref().err().map(|failure| visit.sentences(failure)).unwrap_or_default();
        (found, sentences)
    };
    let field = |member: &&'static FieldSpec| {
        Field::new(visit.language, member, sent.text(member.name).unwrap_or_default(), &sentences)
    };
    let fields = members.iter().map(field).collect();
    let next = found.as_ref().ok().map(|found| found.text("nextCursor"));
    (Inquiry { fields, sentences, curl, next: next.filter(|cursor| !cursor.is_empty()) }, found)
}

/// The page of a query, with the status of its answer. A person who may not ask it at all gets no form for another try.
pub(crate) fn answer(visit: &Visit, page: &impl Template, found: Result<Record, Failure>) -> Answer {
    match found {
        Ok(_) => Ok(html(StatusCode::OK, page)),
        Err(failure) if failure.has(Code::PermissionMissing) => Err(visit.failed(&failure)),
        Err(failure) => {
            let mut response = html(status(&failure), page);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_fills_in_is_all_but_the_paging() {
        let members = members("RetrieveActivityQuery");
        assert!(members.iter().any(|member| member.name == "actorId"));
        assert!(members.iter().all(|member| member.name != "cursor" && member.name != "pageSize"));
    }
}
