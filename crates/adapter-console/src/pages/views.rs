//! Saved searches: opened, saved and deleted on the page of the clients.

use client_wire::{Code, Failure, Item};
use serde_json::{Map, Value, json};

use super::clients::{Told, properties, refuse, respond};
use crate::operation::{Mode, Sent};
use crate::posted::{Fields, Posted};
use crate::record::Record;
use crate::saved_view::unusable;
use crate::search::Search;
use crate::stop::Answer;
use crate::visit::see_other;

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
        Some(search) => respond(visit, search, Told::default()).await,
        None => refuse(visit, unusable(visit, view)).await,
    }
}

/// `POST /console/views/save`: the search of the form under a name.
pub(crate) async fn save(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let search = Search { cursor: None, ..Search::read(fields) };
    let properties = properties(visit).await?;
    let mut members = match search.data(&properties) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    members.remove("pageSize");
    let name = text(fields, "view").trim().to_owned();
    let mut data = Map::new();
    data.insert("name".to_owned(), name.as_str().into());
    data.insert("shared".to_owned(), fields.has("share").into());
    data.insert("search".to_owned(), Value::Object(members));
    data.insert("columns".to_owned(), json!(search.columns));
    let sent = Sent { name: "SaveViewCommand", data: &data, version: None, key: None, mode: Mode::Commit };
    let told = match visit.tell(sent).await {
        Ok(_) => Told { saved: Some(name), ..Told::default() },
        Err(failure) => Told { refused: Some(failure), ..Told::default() },
    };
    respond(visit, search, told).await
}

/// `POST /console/views/delete`: a view is there no longer.
pub(crate) async fn delete(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let mut data = Map::new();
    data.insert("name".to_owned(), text(fields, "name").into());
    data.insert("ownerId".to_owned(), text(fields, "owner").into());
    let sent = Sent { name: "DeleteViewCommand", data: &data, version: None, key: None, mode: Mode::Commit };
    visit.tell(sent).await.map_err(|failure| visit.failed(&failure))?;
    Ok(see_other("/console/clients"))
}

fn text<'a>(fields: &'a Fields, name: &'a str) -> &'a str {
    fields.text(name).unwrap_or_default()
}
