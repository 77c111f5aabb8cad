//! A document beside what was typed from it, and its file.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use client_wire::{Code, Failure, Item};
use serde_json::json;

use crate::client_panels::document_facts;
use crate::command::table::Subject;
use crate::offering::{explain, of_item};
use crate::part::{ClientHead, Offers, Pair};
use crate::record::Record;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::url;
use crate::visit::Visit;

/// A file that is opened as a page of its own runs nothing.
const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    shell: Shell,
    client: ClientHead,
    document: DocumentFile,
    offers: Offers,
}

/// A document with its file.
#[derive(Debug)]
pub(crate) struct DocumentFile {
    pub(crate) kind: String,
    pub(crate) is_picture: bool,
    pub(crate) file: String,
    pub(crate) facts: Vec<Pair>,
}

impl DocumentFile {
    pub(crate) fn new(visit: &Visit, document: &Record) -> Self {
        Self {
            kind: visit.language.word("choice.identityType", &document.text("identityType")),
            is_picture: document.text("contentType").starts_with("image/"),
            file: url::file(&document.text("identityId")),
            facts: document_facts(visit, document),
        }
    }
}

/// `GET /console/clients/{key}/documents/{id}`.
pub(crate) async fn page(visit: Visit, Path((key, id)): Path<(String, String)>) -> Answer {
    let failed = |failure: Failure| visit.failed(&failure);
    let data = json!({ "contactEncodedKey": key });
    let client: Record = visit.ask("RetrieveContactByIdQuery", data.clone()).await.map_err(failed)?;
    let found: Record = visit.ask("GetCustomerIdentityDetailsQuery", data).await.map_err(failed)?;
    let document = found.records("documents").into_iter().find(|one| one.text("identityId") == id);
    let unknown = || failed(Failure::of(Item::new(Code::DocumentNotFound, Code::DocumentNotFound.meaning())));
    let document = document.ok_or_else(unknown)?;
    let actions = explain(&visit, &key).await.map_err(failed)?;
    let client = ClientHead::new(visit.language, &client);
    let offers = of_item(&visit, &key, &actions, client.version, (Subject::Document, &id)).await;
    let (document, offers) = (DocumentFile::new(&visit, &document), Offers::new(offers));
    let shell = visit.shell(document.kind.clone());
    Ok(html(StatusCode::OK, &DocumentPage { shell, client, document, offers }))
}

/// `GET /console/files/{id}`: the file of a document, which the service has inspected. A page shows it; opened by itself it
/// is saved, so that no plug-in of the browser reads it.
pub(crate) async fn file(
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let content = visit.console.operations.document_content(&id, visit.caller().clone()).await;
    let content = content.map_err(|failure| visit.failed(&failure))?;
    let for_page = headers.get("sec-fetch-dest").is_none_or(|dest| dest == "image" || dest == "empty");
    let shown = query.as_deref() != Some("download") && for_page;
    let disposition = if shown { "inline" } else { "attachment" };
    let values = [
        (CONTENT_TYPE, content.media_type.name().to_owned()),
        (CONTENT_LENGTH, content.size.to_string()),
        (CONTENT_DISPOSITION, format!("{disposition}; filename=\"{}\"", content.file_name)),
        (CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
    ];
    let mut response = Response::new(Body::from_stream(content.bytes));
    for (name, value) in values {
        response.headers_mut().extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
    }
    Ok(response)
}
