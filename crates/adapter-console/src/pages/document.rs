//! A document beside what was typed from it, and its file.

use askama::Template;
use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use client_app::RequestContext;
use client_wire::{Code, Failure, Item};
use futures_util::StreamExt as _;
use futures_util::stream::once;
use serde_json::json;

use crate::client_panels::document_facts;
use crate::command::field::Field;
use crate::command::table::{CommandForm, Subject};
use crate::document_upload::{CONTENT, at_file};
use crate::fields::Fields;
use crate::headers::SANDBOX;
use crate::offering::{Explained, explain, of_item};
use crate::operation::Mode;
use crate::part::{ClientHead, Offers, Pair};
use crate::path_values::PathValues;
use crate::posted::{Posted, no_file};
use crate::record::Record;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::{Answer, Stop};
use crate::url;
use crate::visit::{Visit, see_other, status};

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    shell: Shell,
    client: ClientHead,
    document: DocumentFile,
    offers: Offers,
    /// Whether the file was replaced just now.
    replaced: bool,
    /// The form with which the file is replaced, if it can be.
    replacement: Option<Replacement>,
    sentences: Vec<Sentence>,
}

/// The form with which the file of a document is replaced while it waits for its review.
struct Replacement {
    path: String,
    key: String,
    field: Field,
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
pub(crate) async fn page(
    visit: Visit,
    PathValues((key, id)): PathValues<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let page = write(&visit, &key, &id, &Fields::default(), None).await?;
    Ok(html(StatusCode::OK, &DocumentPage { replaced: query.as_deref() == Some("replaced"), ..page }))
}

/// `POST /console/clients/{key}/documents/{id}`: replaces the file, for the version that was seen.
pub(crate) async fn replace(PathValues((key, id)): PathValues<(String, String)>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let Some((_, file)) = fields.file.clone() else {
        return refused(visit, &key, &id, fields, no_file(CONTENT)).await;
    };
    let version = fields.text("version").and_then(|version| version.parse().ok());
    let context = visit.context(version, fields.text("key"), Mode::Commit);
    let context: RequestContext = context.map_err(|failure| visit.failed(&failure))?;
    let bytes = once(async move { Ok(file) }).boxed();
    match visit.console.operations.replace_document_content(&id, bytes, context).await {
        Ok(_) => Ok(see_other(&format!("{}?replaced", url::document(&key, &id)))),
        Err(failure) => refused(visit, &key, &id, fields, at_file(failure, true)).await,
    }
}

async fn refused(visit: &Visit, key: &str, id: &str, fields: &Fields, failure: Failure) -> Answer {
    let page = write(visit, key, id, fields, Some(&failure)).await?;
    let mut response = html(status(&failure), &page);
    response.extensions_mut().insert(failure);
    Ok(response)
}

async fn write(
    visit: &Visit,
    key: &str,
    id: &str,
    fields: &Fields,
    refusal: Option<&Failure>,
) -> Result<DocumentPage, Stop> {
    let failed = |failure: Failure| visit.failed(&failure);
    let data = json!({ "contactEncodedKey": key });
    let client: Record = visit.ask("RetrieveContactByIdQuery", data.clone()).await.map_err(failed)?;
    let found: Record = visit.ask("GetCustomerIdentityDetailsQuery", data).await.map_err(failed)?;
    let document = found.records("documents").into_iter().find(|one| one.text("identityId") == id);
    let unknown = || failed(Failure::of(Item::new(Code::DocumentNotFound, Code::DocumentNotFound.meaning())));
    let document = document.ok_or_else(unknown)?;
    let actions = explain(visit, key).await.map_err(failed)?;
    let client = ClientHead::new(visit.language, &client);
    let offers = of_item(visit, key, &actions, client.version, (Subject::Document, id)).await;
    let sentences = refusal.map(|failure| visit.sentences(failure)).unwrap_or_default();
    let form = CommandForm::find("submit-document");
    let is_open = document.text("verificationStatusDesc") == "PENDING"
        && form
            .zip(Explained::find_whole(&actions, "changeKyc"))
            .is_some_and(|(form, explained)| explained.is_possible(form));
    // The file is that of a submission.
    let member = form.and_then(|form| form.members().into_iter().find(|member| member.name == CONTENT));
    let replacement = member.filter(|_| is_open).map(|member| Replacement {
        path: url::document(key, id),
        key: visit.key_after(fields, refusal),
        field: Field::new(visit.language, member, "", &sentences),
    });
    let (document, offers) = (DocumentFile::new(visit, &document), Offers::new(offers));
    let shell = visit.shell(document.kind.clone());
    Ok(DocumentPage { shell, client, document, offers, replaced: false, replacement, sentences })
}

/// `GET /console/files/{id}`: the file of a document, which the service has inspected. A page shows it; opened by itself it
/// is saved, so that no plug-in of the browser reads it.
pub(crate) async fn file(
    visit: Visit,
    PathValues(id): PathValues<String>,
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
