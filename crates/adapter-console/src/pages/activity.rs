//! Who did what, across clients.

use askama::Template;
use axum::http::StatusCode;
use client_wire::spec::FieldSpec;
use client_wire::{Code, Failure, find_operation};
use serde_json::Value;

use crate::command::data::data;
use crate::command::field::{Choice, Field};
use crate::curl;
use crate::part::has_code;
use crate::posted::{Fields, Posted};
use crate::record::Record;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::timeline::{Line, line};
use crate::url;
use crate::visit::{Visit, status};

const QUERY: &str = "RetrieveActivityQuery";

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    shell: Shell,
    fields: Vec<Field>,
    sentences: Vec<Sentence>,
    lines: Vec<Done>,
    next: Option<String>,
    curl: String,
}

/// A line with its client.
struct Done {
    line: Line,
    client: String,
    path: String,
}

/// `GET /console/activity`.
pub(crate) async fn page(visit: Visit) -> Answer {
    respond(&visit, &Fields::default()).await
}

/// `POST /console/activity`: some of it, or another page.
pub(crate) async fn search(posted: Posted) -> Answer {
    respond(&posted.visit, &posted.fields).await
}

/// The members of the query that a person fills in.
fn members() -> Vec<&'static FieldSpec> {
    let fields = find_operation(QUERY).map_or(&[][..], |spec| spec.fields).iter();
    fields.filter(|field| !matches!(field.name, "cursor" | "pageSize")).collect()
}

async fn respond(visit: &Visit, fields: &Fields) -> Answer {
    let mut wanted = data(&members(), fields, None);
    let curl = curl::query(&visit.console, QUERY, &Value::Object(wanted.clone()));
    wanted.extend(fields.text("cursor").map(|cursor| ("cursor".to_owned(), cursor.into())));
    let found: Result<Record, Failure> = visit.ask(QUERY, Value::Object(wanted)).await;
    let sentences = found.as_ref().err().map(|failure| visit.sentences(failure)).unwrap_or_default();
    let field = |member: &'static FieldSpec| {
        let value = fields.text(member.name).unwrap_or_default();
        let field = Field::new(visit.language, member, value, &sentences);
        let events = |choice: Choice| Choice { label: visit.language.word("event", &choice.value), ..choice };
        let choices = field.choices.clone().into_iter().map(events).collect();
        let input = field.input;
        if member.name == "event" { field.with_choices(input, choices) } else { field }
    };
    let mut page = ActivityPage {
        shell: visit.shell(visit.text("activity.title")),
        fields: members().into_iter().map(field).collect(),
        sentences: sentences.clone(),
        lines: Vec::new(),
        next: None,
        curl,
    };
    match found {
        Ok(found) => {
            page.next = Some(found.text("nextCursor")).filter(|cursor| !cursor.is_empty());
            page.lines = found.records("entries").iter().map(|entry| done(visit, entry)).collect();
            Ok(html(StatusCode::OK, &page))
        }
        // Another search would be refused as well, so there is no form for it.
        Err(failure) if has_code(&failure, Code::PermissionMissing) => Err(visit.failed(&failure)),
        Err(failure) => {
            let mut response = html(status(&failure), &page);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

fn done(visit: &Visit, entry: &Record) -> Done {
    let names = [entry.text("firstName"), entry.text("lastName"), entry.text("customerNumber")];
    let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let key = entry.text("contactEncodedKey");
    Done {
        line: line(visit.language, entry),
        client: if names.is_empty() { key.clone() } else { names.join(" ") },
        path: url::client(&key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_fills_in_is_all_but_the_paging() {
        assert!(members().iter().any(|member| member.name == "actorId"));
        assert!(members().iter().all(|member| member.name != "cursor"));
    }
}
