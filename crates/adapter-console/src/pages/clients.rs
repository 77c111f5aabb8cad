//! The clients: search, conditions, columns, pages.

use askama::Template;
use axum::http::StatusCode;
use client_domain::{BankCalendar, Permission};
use client_wire::{Failure, search_as_text};
use serde_json::{Value, json};

use crate::chosen::{Pick, all_of, pick, picked, search_fields};
use crate::command::field::Choice;
use crate::counts::{Counts, groupings};
use crate::list_column::{self, Cell, cell};
use crate::mass_command::offered;
use crate::part::{ClientHead, words};
use crate::posted::Posted;
use crate::record::Record;
use crate::saved_view::{View, views};
use crate::search::{Condition, MAX_CONDITIONS, Search};
use crate::sentence::{Sentence, index};
use crate::shell::{Shell, html};
use crate::stop::{Answer, Stop};
use crate::url;
use crate::visit::{Visit, status};

/// The states that the form has.
pub(crate) const STATES: &[&str] =
    &["PendingApproval", "Approved", "Active", "Rejected", "BlackListed", "Exited"];

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
    /// The same as text, for the command line.
    filter: Option<String>,
    sentences: Vec<Sentence>,
    views: Vec<View>,
    views_refused: Vec<Sentence>,
    /// The name under which the search was saved just now.
    saved: Option<String>,
    may_share: bool,
    /// Whether the person can give one command for many clients.
    may_choose: bool,
    /// What was chosen on other pages.
    carried: Vec<String>,
    /// The fields with which all that were found are chosen. The form may be changed afterwards, without a search.
    found_again: Vec<(String, String)>,
    total: Option<u64>,
    /// Whether more than the total were found.
    at_least: bool,
    groupings: Vec<Choice>,
    counts: Option<Counts>,
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
    values: Vec<Choice>,
    /// What is wrong with the condition.
    errors: Vec<String>,
}

struct Found {
    /// How the client is chosen for a command together with others.
    pick: String,
    chosen: bool,
    name: String,
    path: String,
    former: bool,
    cells: Vec<Cell>,
}

/// `GET /console/clients`.
pub(crate) async fn page(visit: Visit) -> Answer {
    respond(&visit, Search::default(), Told::default()).await
}

/// `POST /console/clients`: a search. What is searched for may be personal, so it is in no URL.
pub(crate) async fn search(posted: Posted) -> Answer {
    let fields = &posted.fields;
    // What was chosen goes along to another page of the same search.
    let is_paging = fields.has("cursor") || fields.has("first");
    let picks = if is_paging { picked(fields) } else { Vec::new() };
    respond(&posted.visit, Search::read(fields), Told { picks, ..Told::default() }).await
}

/// What was done just now.
#[derive(Default)]
pub(crate) struct Told {
    /// The clients that were chosen on other pages, or on this one before.
    pub(crate) picks: Vec<Pick>,
    /// The name under which the search was saved.
    pub(crate) saved: Option<String>,
    /// Why it was not saved.
    pub(crate) refused: Option<Failure>,
}

/// The catalogue of properties, or the page that says why there is none.
pub(crate) async fn properties(visit: &Visit) -> Result<Vec<Record>, Stop> {
    search_fields(visit).await.map_err(|failure| visit.failed(&failure))
}

/// The page of a search.
pub(crate) async fn respond(visit: &Visit, search: Search, told: Told) -> Answer {
    let properties = properties(visit).await?;
    let data = search.data(&properties);
    let mut page = write(visit, search, &properties);
    let mut asked = data.clone();
    let fields = list_column::asked(&page.columns);
    if let Some(asked) = asked.as_object_mut() {
        asked.insert("totals".to_owned(), "bounded".into());
        if !fields.is_empty() {
            asked.insert("fields".to_owned(), json!(fields));
        }
    }
    let found: Result<Record, Failure> = visit.ask("RetrieveContactListQuery", asked).await;
    page.saved = told.saved;
    page.list_views(visit).await;
    let refused = told.refused.as_ref();
    page.views_refused.extend(refused.into_iter().flat_map(|failure| visit.sentences(failure)));
    let code = refused.map_or(StatusCode::OK, status);
    match found {
        Ok(found) => {
            page.total = found.number("totalCount");
            page.at_least = found.flag("atLeast");
            let grouping = page.groupings.iter().find(|one| one.selected);
            if let Some(grouping) = grouping {
                page.counts = Some(Counts::of_clients(visit, &grouping.value, data).await);
            }
            page.next = Some(found.text("nextCursor")).filter(|cursor| !cursor.is_empty());
            let columns: Vec<_> = page.columns.iter().filter(|column| column.selected).collect();
            page.shown = columns.iter().map(|column| column.label.clone()).collect();
            page.clients = found.records("contacts").iter().map(|one| row(visit, one, &columns)).collect();
            page.carry(&told.picks);
            let mut response = html(code, &page);
            if let Some(failure) = told.refused {
                response.extensions_mut().insert(failure);
            }
            Ok(response)
        }
        Err(failure) => {
            page.sentences = visit.sentences(&failure);
            page.place_sentences(visit, &failure, &properties);
            let mut response = html(status(&failure), &page);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

/// The page without a search, with why there is none.
pub(crate) async fn refuse(visit: &Visit, reasons: Vec<Sentence>) -> Answer {
    let mut page = write(visit, Search::default(), &properties(visit).await?);
    page.list_views(visit).await;
    page.sentences = reasons;
    Ok(html(StatusCode::CONFLICT, &page))
}

impl ClientsPage {
    /// Marks what was chosen, and keeps what is on another page.
    fn carry(&mut self, picks: &[Pick]) {
        for pick in picks {
            let is_it = |found: &&mut Found| Pick::read(&found.pick).is_some_and(|one| one.key == pick.key);
            match self.clients.iter_mut().find(is_it) {
                Some(found) => found.chosen = true,
                None => self.carried.push(pick.text()),
            }
        }
    }

    /// Says of each sentence about a condition which row it is about, and repeats it there.
    fn place_sentences(&mut self, visit: &Visit, failure: &Failure, properties: &[Record]) {
        for (sentence, item) in self.sentences.iter_mut().zip(&failure.items) {
            let Some(at) = sentence.field.as_deref().and_then(|path| index(path, "filters[")) else {
                continue;
            };
            let Some(condition) = self.search.conditions.get(at) else {
                sentence.label = Some(visit.text("views.kept"));
                continue;
            };
            if let Some(key) = condition.help(item, properties) {
                sentence.text = visit.text(key);
            }
            let number = (condition.row + 1).to_string();
            sentence.label = Some(visit.language.filled("views.condition", &[("number", &number)]));
            if let Some(row) = self.rows.iter_mut().find(|row| row.number == condition.row) {
                row.errors.push(sentence.text.clone());
            }
        }
    }

    async fn list_views(&mut self, visit: &Visit) {
        match views(visit).await {
            Ok(views) => self.views = views,
            Err(failure) => self.views_refused = visit.sentences(&failure),
        }
    }
}

fn row(visit: &Visit, client: &Record, columns: &[&Choice]) -> Found {
    Found {
        pick: pick(client).text(),
        chosen: false,
        name: ClientHead::new(visit.language, client).name,
        path: url::client(&client.text("contactEncodedKey")),
        former: client.flag("foundByFormerName"),
        cells: columns.iter().map(|column| cell(visit.language, client, &column.value)).collect(),
    }
}

fn write(visit: &Visit, search: Search, properties: &[Record]) -> ClientsPage {
    let language = visit.language;
    let choice = |group: &str, name: &str, selected: bool| Choice {
        value: name.to_owned(),
        label: language.word(group, name),
        selected,
    };
    let sortable = properties.iter().filter(|property| property.flag("sortable"));
    let sorts = sortable.map(|property| property.text("propertyName"));
    let empty = Condition::default();
    let conditions = search.conditions.iter().chain([&empty]).take(MAX_CONDITIONS).enumerate();
    ClientsPage {
        shell: visit.shell(visit.text("list.title")),
        states: STATES
            .iter()
            .map(|name| choice("state", name, search.states.iter().any(|one| one == name)))
            .collect(),
        rows: conditions.map(|(number, one)| builder(visit, number, one, properties)).collect(),
        columns: list_column::offered(language, &search.columns),
        sorts: sorts.map(|name| choice("field", &name, name == search.sort)).collect(),
        chips: chips(visit, &search),
        filter: as_text(visit, &search.data(properties)),
        sentences: Vec::new(),
        views: Vec::new(),
        views_refused: Vec::new(),
        saved: None,
        may_share: visit.caller().may(Permission::ViewsShare),
        carried: Vec::new(),
        found_again: all_of(&search),
        may_choose: visit.caller().may(Permission::Batches) && !offered(visit).is_empty(),
        total: None,
        at_least: false,
        groupings: groupings(visit, &search.group),
        counts: None,
        shown: Vec::new(),
        clients: Vec::new(),
        next: None,
        search,
    }
}

/// The search in the text form of predicates, if it has no faults. Only its days depend on the calendar, and text has the same days
/// in every one.
fn as_text(visit: &Visit, data: &Value) -> Option<String> {
    search_as_text(data.as_object()?, &visit.caller().permissions, &BankCalendar::utc())
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
        values: chosen.map(|property| values(visit, property)).unwrap_or_default(),
        errors: Vec::new(),
    }
}

/// The values of a closed list, with what they mean.
fn values(visit: &Visit, property: &Record) -> Vec<Choice> {
    let name = property.text("propertyName");
    let choice =
        |value: String| Choice { label: words(visit.language, &name, &value), value, selected: false };
    property.names("choices").into_iter().map(choice).collect()
}

/// What was searched for, each with the value of the button that removes it.
fn chips(visit: &Visit, search: &Search) -> Vec<Choice> {
    let chip = |value: String, label: String| Choice { value, label, selected: true };
    let term = (!search.term.is_empty()).then(|| chip("term".to_owned(), search.term.clone()));
    let state = |name: &String| chip(format!("state:{name}"), visit.language.word("state", name));
    let condition = |one: &Condition| {
        let (property, operator) =
            (visit.language.word("field", &one.property), visit.language.word("operator", &one.operator));
        let values: Vec<_> =
            one.values().iter().map(|value| words(visit.language, &one.property, value)).collect();
        let label = format!("{property} {operator} {}", values.join(", "));
        chip(format!("condition:{}", one.row), label.trim().to_owned())
    };
    let conditions = search.conditions.iter().map(condition);
    let kept = (!search.kept.is_empty()).then(|| chip("kept".to_owned(), visit.text("views.kept")));
    term.into_iter().chain(search.states.iter().map(state)).chain(conditions).chain(kept).collect()
}
