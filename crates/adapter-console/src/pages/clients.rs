//! The clients: search, conditions, columns, pages.

use askama::Template;
use axum::http::StatusCode;
use client_domain::{BankCalendar, Permission};
use client_wire::{Failure, search_as_text};
use serde_json::{Value, json};

use crate::chosen::{Pick, all_of, pick, search_fields};
use crate::command::field::Choice;
use crate::counts::{Counts, groupings};
use crate::filter_row::{Row, builder, place};
use crate::list_column::{self, Cell, cell};
use crate::mass_command::offered;
use crate::part::{ClientHead, words};
use crate::record::Record;
use crate::saved_view::{View, views};
use crate::search::{Condition, MAX_CONDITIONS, Search};
use crate::sentence::Sentence;
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
    /// What was done with a view just now.
    done: Option<String>,
    /// What is said about it instead.
    said: Vec<Sentence>,
    /// What is being saved under a name.
    saving: Saving,
    /// The view that is deleted after a confirmation.
    deleting: Option<Deleting>,
    may_share: bool,
    /// Whether the person can give one command for many clients.
    may_choose: bool,
    /// What was chosen on other pages.
    carried: Vec<String>,
    /// The fields with which all that were found are chosen. The form may be changed afterwards, without a search.
    found_again: Vec<(String, String)>,
    /// The fields with which the search that is shown is saved.
    shown_again: Vec<(String, String)>,
    total: Option<u64>,
    /// Whether more than the total were found.
    at_least: bool,
    groupings: Vec<Choice>,
    counts: Option<Counts>,
    shown: Vec<String>,
    clients: Vec<Found>,
    next: Option<String>,
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

/// What was done just now.
#[derive(Default)]
pub(crate) struct Told {
    /// The clients that were chosen on other pages, or on this one before.
    pub(crate) picks: Vec<Pick>,
    pub(crate) done: Option<String>,
    /// What is said instead.
    pub(crate) said: Vec<Sentence>,
    pub(crate) saving: Saving,
    pub(crate) deleting: Option<Deleting>,
    /// The status of the page, if something was refused or is asked.
    pub(crate) status: Option<StatusCode>,
    /// Why a view was not saved, for the log.
    pub(crate) refused: Option<Failure>,
}

/// A search that is being saved: what the person has filled in, until it is saved.
#[derive(Default)]
pub(crate) struct Saving {
    pub(crate) is_open: bool,
    pub(crate) name: String,
    pub(crate) shared: bool,
    /// Why it was not saved.
    pub(crate) sentences: Vec<Sentence>,
    /// Whether there is a view with this name, which is replaced only if the person says so.
    pub(crate) is_taken: bool,
}

/// A view that is deleted after a confirmation.
pub(crate) struct Deleting {
    pub(crate) name: String,
    pub(crate) owner: String,
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
    (page.done, page.said, page.saving, page.deleting) = (told.done, told.said, told.saving, told.deleting);
    page.list_views(visit).await;
    let code = told.refused.as_ref().map(status).or(told.status).unwrap_or(StatusCode::OK);
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
            place(visit, &mut page.sentences, &failure, &mut page.rows, &page.search.conditions, &properties);
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
        done: None,
        said: Vec::new(),
        saving: Saving::default(),
        deleting: None,
        may_share: visit.caller().may(Permission::ViewsShare),
        carried: Vec::new(),
        found_again: all_of(&search),
        shown_again: search.all_fields(),
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
