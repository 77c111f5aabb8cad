//! Saved searches: opened, saved and deleted on the page of the clients.

use axum::http::StatusCode;
use client_wire::{Code, Failure, Item};
use serde_json::{Map, Value, json};

use super::clients::{Deleting, Saving, Told, properties, refuse, respond};
use super::search_address::{ask_to_delete, lead, saved};
use crate::fields::Fields;
use crate::operation::{Mode, Sent};
use crate::posted::Posted;
use crate::record::Record;
use crate::saved_view::unusable;
use crate::search::Search;
use crate::sentence::Sentence;
use crate::stop::{Answer, Stop};
use crate::visit::{Visit, see_other};

/// `POST /console/views/open`: the search of a view. One that cannot be used is answered by why, and by no other search.
pub(crate) async fn open(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let found: Result<Record, Failure> = visit.ask("RetrieveViewsQuery", json!({})).await;
    let found = found.map_err(|failure| visit.failed(&failure))?.records("views");
    let is_meant = |view: &&Record| {
        view.text("name") == text(fields, "name") && view.text("ownerId") == text(fields, "owner")
    };
    let gone = || visit.failed(&Failure::of(Item::new(Code::PathNotFound, Code::PathNotFound.meaning())));
    let view = found.iter().find(is_meant).ok_or_else(gone)?;
    if !view.flag("usable") {
        return refuse(visit, unusable(visit, view)).await;
    }
    match Search::of_view(view, &properties(visit).await?) {
        Some(search) => lead(visit, &search, Vec::new()).await,
        None => refuse(visit, unusable(visit, view)).await,
    }
}

/// `POST /console/views/save`: the search that is shown, under a name. A view that is there is replaced only if the person says so.
pub(crate) async fn save(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let search = Search { cursor: None, ..Search::read(fields) };
    let name = text(fields, "view").trim().to_owned();
    let mut saving =
        Saving { is_open: true, name: name.clone(), shared: fields.has("share"), ..Saving::default() };
    let told = match own(visit, &name).await {
        Ok(Some(taken)) if fields.text("replace") != Some(&*name) => {
            // Whether others see the view stays as it is, unless the person says something else.
            saving.shared |= taken.flag("shared");
            saving.is_taken = true;
            Told { saving, status: Some(StatusCode::CONFLICT), ..Told::default() }
        }
        Ok(_) => match keep(visit, &search, &saving).await? {
            Ok(()) => return saved(visit, &search, &name).await,
            Err(failure) => refused(visit, saving, failure),
        },
        Err(failure) => refused(visit, saving, failure),
    };
    respond(visit, search, told).await
}

fn refused(visit: &Visit, mut saving: Saving, failure: Failure) -> Told {
    saving.sentences = visit.sentences(&failure);
    Told { saving, refused: Some(failure), ..Told::default() }
}

/// The person's own view with this name.
async fn own(visit: &Visit, name: &str) -> Result<Option<Record>, Failure> {
    // As it is stored: with single blanks.
    let name = &name.split_whitespace().collect::<Vec<_>>().join(" ");
    let found: Record = visit.ask("RetrieveViewsQuery", json!({})).await?;
    Ok(found.records("views").into_iter().find(|view| view.flag("mine") && view.text("name") == *name))
}

/// Saves the search.
async fn keep(visit: &Visit, search: &Search, saving: &Saving) -> Result<Result<(), Failure>, Stop> {
    let mut members = match search.data(&properties(visit).await?) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    members.remove("pageSize");
    let mut data = Map::new();
    data.insert("name".to_owned(), saving.name.as_str().into());
    data.insert("shared".to_owned(), saving.shared.into());
    data.insert("search".to_owned(), Value::Object(members));
    data.insert("columns".to_owned(), json!(search.columns));
    let sent = Sent { name: "SaveViewCommand", data: &data, version: None, key: None, mode: Mode::Commit };
    Ok(visit.tell(sent).await.map(drop))
}

/// `POST /console/views/delete`: a view is there no longer, after a confirmation.
pub(crate) async fn delete(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let (name, owner) = (text(fields, "name"), text(fields, "owner"));
    if text(fields, "step") != "confirm" {
        return ask_to_delete(visit, Deleting { name: name.to_owned(), owner: owner.to_owned() }).await;
    }
    let mut data = Map::new();
    data.insert("name".to_owned(), name.into());
    data.insert("ownerId".to_owned(), owner.into());
    let sent = Sent { name: "DeleteViewCommand", data: &data, version: None, key: None, mode: Mode::Commit };
    let reply = visit.tell(sent).await.map_err(|failure| visit.failed(&failure))?;
    if reply.data.get("deleted").and_then(Value::as_bool) == Some(true) {
        return Ok(see_other("/console/clients?deleted"));
    }
    let said = vec![Sentence::plain(visit.text("views.gone"))];
    let told = Told { said, status: Some(StatusCode::CONFLICT), ..Told::default() };
    respond(visit, Search::default(), told).await
}

fn text<'a>(fields: &'a Fields, name: &'a str) -> &'a str {
    fields.text(name).unwrap_or_default()
}
