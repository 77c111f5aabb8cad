//! The clients: search, conditions, columns, pages.

use askama::Template;
use axum::http::StatusCode;
use client_wire::Failure;
use serde_json::json;

use crate::command::field::Choice;
use crate::part::{ClientHead, moment};
use crate::posted::Posted;
use crate::record::Record;
use crate::search::{Condition, Search};
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::url;
use crate::visit::{Visit, status};

/// The columns that a list can have, and whether it has them at first.
const COLUMNS: &[(&str, bool)] = &[
    ("customerNumber", true),
    ("clientState", true),
    ("emailAddress", true),
    ("phoneNumber", true),
    ("branchEncodedKey", false),
    ("dateCreated", true),
    ("lastModified", false),
];
const STATES: &[&str] = &["PendingApproval", "Approved", "Active", "Rejected", "BlackListed", "Exited"];

#[derive(Template)]
#[template(path = "clients.html")]
struct ClientsPage {
    shell: Shell,
    search: Search,
    states: Vec<Choice>,
    rows: Vec<Row>,
    columns: Vec<Choice>,
    sorts: Vec<Choice>,
    chips: Vec<Choice>,
    sentences: Vec<Sentence>,
    total: Option<u64>,
    shown: Vec<String>,
    clients: Vec<Found>,
    next: Option<String>,
}

/// A row of the filter builder.
struct Row {
    number: usize,
    properties: Vec<Choice>,
    operators: Vec<Choice>,
    value: String,
    /// The values of a closed list.
    values: Vec<String>,
}

struct Found {
    name: String,
    path: String,
    former: bool,
    cells: Vec<Cell>,
}

struct Cell {
    text: String,
    /// The moment, where the text is one.
    at: Option<String>,
}

/// `GET /console/clients`.
pub(crate) async fn page(visit: Visit) -> Answer {
    respond(&visit, Search::default()).await
}

/// `POST /console/clients`: a search. What is searched for may be personal, so it is in no URL.
pub(crate) async fn search(posted: Posted) -> Answer {
    respond(&posted.visit, Search::read(&posted.fields)).await
}

async fn respond(visit: &Visit, search: Search) -> Answer {
    let fields: Result<Record, Failure> = visit.ask("RetrieveSearchFieldsQuery", json!({})).await;
    let properties = fields.map_err(|failure| visit.failed(&failure))?.records("properties");
    let found: Result<Record, Failure> =
        visit.ask("RetrieveContactListQuery", search.data(&properties)).await;
    let mut page = write(visit, search, &properties);
    match found {
        Ok(found) => {
            let columns: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).zip(&page.columns).collect();
            let columns: Vec<_> =
                columns.into_iter().filter(|(_, column)| column.selected).map(|(name, _)| name).collect();
            page.total = found.number("totalCount");
            page.next = Some(found.text("nextCursor")).filter(|cursor| !cursor.is_empty());
            page.shown = columns.iter().map(|name| visit.language.word("field", name)).collect();
            page.clients = found.records("contacts").iter().map(|one| row(visit, one, &columns)).collect();
            Ok(html(StatusCode::OK, &page))
        }
        Err(failure) => {
            page.sentences = visit.sentences(&failure);
            let mut response = html(status(&failure), &page);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

fn row(visit: &Visit, client: &Record, columns: &[&str]) -> Found {
    let cell = |name: &&str| match *name {
        "clientState" => Cell { text: ClientHead::new(visit.language, client).state, at: None },
        "dateCreated" | "lastModified" => {
            let at = client.text(name);
            Cell { text: moment(&at), at: Some(at) }
        }
        name => Cell { text: client.text(name), at: None },
    };
    Found {
        name: ClientHead::new(visit.language, client).name,
        path: url::client(&client.text("contactEncodedKey")),
        former: client.flag("foundByFormerName"),
        cells: columns.iter().map(cell).collect(),
    }
}

fn write(visit: &Visit, search: Search, properties: &[Record]) -> ClientsPage {
    let language = visit.language;
    let choice = |group: &str, name: &str, selected: bool| Choice {
        value: name.to_owned(),
        label: language.word(group, name),
        selected,
    };
    let column = |(name, first): &(&str, bool)| {
        let selected =
            if search.columns.is_empty() { *first } else { search.columns.iter().any(|one| one == name) };
        choice("field", name, selected)
    };
    let sortable = properties.iter().filter(|property| property.flag("sortable"));
    let sorts = sortable.map(|property| property.text("propertyName"));
    let empty = Condition::default();
    let conditions = search.conditions.iter().chain([&empty]).enumerate();
    ClientsPage {
        shell: visit.shell(visit.text("list.title")),
        states: STATES
            .iter()
            .map(|name| choice("state", name, search.states.iter().any(|one| one == name)))
            .collect(),
        rows: conditions.map(|(number, one)| builder(visit, number, one, properties)).collect(),
        columns: COLUMNS.iter().map(column).collect(),
        sorts: sorts.map(|name| choice("field", &name, name == search.sort)).collect(),
        chips: chips(visit, &search),
        sentences: Vec::new(),
        total: None,
        shown: Vec::new(),
        clients: Vec::new(),
        next: None,
        search,
    }
}

/// A row of the filter builder, from the catalogue of the service.
fn builder(visit: &Visit, number: usize, condition: &Condition, properties: &[Record]) -> Row {
    let chosen = properties.iter().find(|property| property.text("propertyName") == condition.property);
    let mut operators: Vec<String> = Vec::new();
    for property in chosen.map_or(properties, std::slice::from_ref) {
        let new: Vec<_> =
            property.names("operators").into_iter().filter(|name| !operators.contains(name)).collect();
        operators.extend(new);
    }
    let choice = |group: &str, name: String, chosen: &str| Choice {
        label: visit.language.word(group, &name),
        selected: name == chosen,
        value: name,
    };
    let names = properties.iter().map(|property| property.text("propertyName"));
    Row {
        number,
        properties: names.map(|name| choice("field", name, &condition.property)).collect(),
        operators: operators.into_iter().map(|name| choice("operator", name, &condition.operator)).collect(),
        value: condition.value.clone(),
        values: chosen.map(|property| property.names("choices")).unwrap_or_default(),
    }
}

/// What was searched for, each with the value of the button that removes it.
fn chips(visit: &Visit, search: &Search) -> Vec<Choice> {
    let chip = |value: String, label: String| Choice { value, label, selected: true };
    let term = (!search.term.is_empty()).then(|| chip("term".to_owned(), search.term.clone()));
    let state = |name: &String| chip(format!("state:{name}"), visit.language.word("state", name));
    let condition = |(at, one): (usize, &Condition)| {
        let (property, operator) =
            (visit.language.word("field", &one.property), visit.language.word("operator", &one.operator));
        chip(format!("condition:{at}"), format!("{property} {operator} {}", one.value).trim().to_owned())
    };
    let conditions = search.conditions.iter().enumerate().map(condition);
    term.into_iter().chain(search.states.iter().map(state)).chain(conditions).collect()
}
