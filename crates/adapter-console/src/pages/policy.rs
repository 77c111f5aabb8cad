//! The KYC policy in force, and whom another one would touch.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use client_wire::{Code, Failure, Item, strict_json};
use serde_json::{Map, Value, json};

use crate::curl;
use crate::entered::Entered;
use crate::fields::Fields;
use crate::posted::{Posted, no_file, too_large};
use crate::record::Record;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::url;
use crate::visit::{Visit, status};

const PAGE: &str = "/console/policy";
/// The field of another policy.
const POLICY: &str = "policy";
/// The longest policy, in bytes: with the rest of the form, it fits into one without a file, which asks for the next page.
const MAX_POLICY: usize = 60 * 1024;

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage {
    shell: Shell,
    version: String,
    notice: String,
    required: Vec<Kind>,
    whole: String,
    curl: String,
    sentences: Vec<Sentence>,
    preview: Option<Preview>,
}

/// The requirements of one kind of client.
struct Kind {
    label: String,
    lines: Vec<String>,
}

struct Preview {
    count: u64,
    touched: Vec<Touched>,
    next: Option<String>,
    /// The other policy, for the next page.
    policy: String,
}

struct Touched {
    number: String,
    path: String,
    now: String,
    then: String,
}

/// `GET /console/policy`, perhaps with another one that is previewed.
pub(crate) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Answer {
    match visit.entered(query.as_deref()) {
        Entered::Fields(fields) => respond(&visit, Some(&fields)).await,
        Entered::Nothing => respond(&visit, None).await,
        Entered::Unreadable => {
            let policy = in_force(&visit).await.map_err(|failure| visit.failed(&failure))?;
            let page = PolicyPage { sentences: visit.unreadable(), ..write(&visit, &policy) };
            Ok(html(StatusCode::CONFLICT, &page))
        }
    }
}

/// `POST /console/policy`: leads to a preview of the policy of the file. If it cannot be read or is too long for an address, the page
/// is the answer.
pub(crate) async fn preview(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let Ok(policy) = given(fields) else { return respond(visit, Some(fields)).await };
    let cursor = fields.text("cursor").map(|cursor| ("cursor".to_owned(), cursor.to_owned()));
    let texts: Vec<_> = [(POLICY.to_owned(), policy.to_string())].into_iter().chain(cursor).collect();
    match visit.lead(PAGE, &texts) {
        Some(led) => Ok(led),
        None => respond(visit, Some(fields)).await,
    }
}

async fn respond(visit: &Visit, fields: Option<&Fields>) -> Answer {
    let policy = in_force(visit).await.map_err(|failure| visit.failed(&failure))?;
    let mut page = write(visit, &policy);
    let Some(fields) = fields else { return Ok(html(StatusCode::OK, &page)) };
    match touched(visit, fields).await {
        Ok(preview) => {
            page.preview = Some(preview);
            Ok(html(StatusCode::OK, &page))
        }
        Err(failure) => {
            page.sentences = visit.sentences(&failure).into_iter().map(of_file).collect();
            let mut response = html(status(&failure), &page);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

/// A sentence about a policy file names the place in it as the file does.
fn of_file(sentence: Sentence) -> Sentence {
    let place = sentence.field.as_deref().and_then(|path| path.strip_prefix("policy."));
    Sentence { label: place.map(str::to_owned).or(sentence.label.clone()), ..sentence }
}

async fn in_force(visit: &Visit) -> Result<Record, Failure> {
    visit.ask("RetrieveKycPolicyQuery", json!({})).await
}

/// The other policy that a form or an address has.
fn given(fields: &Fields) -> Result<Value, Failure> {
    let file = fields.file.as_ref().map(|(_, bytes)| bytes.as_ref());
    let given = file.or_else(|| fields.text(POLICY).map(str::as_bytes));
    let given = given.ok_or_else(|| no_file(POLICY))?;
    if given.len() > MAX_POLICY {
        return Err(too_large(MAX_POLICY as u64));
    }
    let unreadable =
        |_| Failure::of(Item::new(Code::MalformedJson, Code::MalformedJson.meaning()).field(POLICY));
    Ok(Value::Object(strict_json::file_object(given).map_err(unreadable)?))
}

async fn touched(visit: &Visit, fields: &Fields) -> Result<Preview, Failure> {
    let policy = given(fields)?;
    let text = policy.to_string();
    let mut data = Map::new();
    data.insert(POLICY.to_owned(), policy);
    data.extend(fields.text("cursor").map(|cursor| ("cursor".to_owned(), cursor.into())));
    let found: Record = visit.ask("PreviewKycPolicyQuery", Value::Object(data)).await?;
    let row = |client: &Record| Touched {
        number: client.text("customerNumber"),
        path: url::client(&client.text("contactEncodedKey")),
        now: standing(visit, client, "kycStatus", "missing"),
        then: standing(visit, client, "kycStatusThen", "missingThen"),
    };
    Ok(Preview {
        count: found.number("totalCount").unwrap_or_default(),
        touched: found.records("touched").iter().map(row).collect(),
        next: Some(found.text("nextCursor")).filter(|cursor| !cursor.is_empty()),
        policy: text,
    })
}

/// The KYC status with what is missing.
fn standing(visit: &Visit, client: &Record, status: &str, missing: &str) -> String {
    let requirements: Vec<_> = client.records(missing).iter().map(|one| one.text("requirement")).collect();
    let status = visit.language.word("kyc", &client.text(status));
    if requirements.is_empty() { status } else { format!("{status}: {}", requirements.join(", ")) }
}

fn write(visit: &Visit, policy: &Record) -> PolicyPage {
    let version = Some(policy.text("version")).filter(|version| !version.is_empty());
    let required = policy.value("required").and_then(Value::as_object).into_iter().flatten();
    let or = format!(" {} ", visit.text("policy.or"));
    let line = |one: &Value| match one {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(&or),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let kind = |(name, lines): (&String, &Value)| Kind {
        label: visit.language.word("choice.customerType", name),
        lines: lines.as_array().into_iter().flatten().map(line).collect(),
    };
    PolicyPage {
        shell: visit.shell(visit.text("policy.title")),
        version: version.unwrap_or_else(|| visit.text("policy.unnamed")),
        notice: policy.text("noticeDays"),
        required: required.map(kind).filter(|kind| !kind.lines.is_empty()).collect(),
        whole: policy.pretty(),
        curl: curl::query(&visit.console, "RetrieveKycPolicyQuery", &json!({})),
        sentences: Vec::new(),
        preview: None,
    }
}
