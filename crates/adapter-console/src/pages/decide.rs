//! The form of a command: what it changes, why it may be impossible, a dry run, and the decision itself.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use client_wire::{Code, Failure, Item};
use serde_json::{Map, Value, json};

use crate::client_panels::changes;
use crate::command::data::data;
use crate::command::field::Field;
use crate::command::table::{CommandForm, Initial, Subject};
use crate::decision::{self, Held, digest, initial, since_approval};
use crate::offering::{Explained, explain, label, of_client, of_item};
use crate::operation::{Mode, Sent};
use crate::pages::document::DocumentFile;
use crate::pages::queue;
use crate::part::{Change, ClientHead, has_code};
use crate::posted::{Fields, Posted};
use crate::record::Record;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::{Answer, Stop};
use crate::timeline::or_nothing;
use crate::url;
use crate::visit::{Visit, see_other, status};

/// A form that was opened from the work queue says so.
const QUEUE: &str = "queue";

#[derive(Template)]
#[template(path = "decide.html")]
struct DecidePage {
    shell: Shell,
    client: ClientHead,
    path: String,
    /// What was done just now, before this.
    done: Option<String>,
    /// Where the person comes from: the queue, to whose next item it goes afterwards.
    from: Option<&'static str>,
    /// Why the command is not possible.
    refusals: Vec<String>,
    sentences: Vec<Sentence>,
    document: Option<DocumentFile>,
    changes: Vec<Change>,
    changes_title: String,
    offered: bool,
    upload: bool,
    fields: Vec<Field>,
    key: String,
    /// Of what was checked; empty before.
    digest: String,
    checked: bool,
    outcome: Vec<String>,
    /// The file that the person has seen.
    seen: Option<String>,
}

/// A command about a client, with what its page shows.
struct Opened {
    form: &'static CommandForm,
    key: String,
    item: Option<String>,
    client: Record,
    actions: Vec<Record>,
    /// The document, the address or the amendment.
    subject: Option<Record>,
}

/// `GET /console/clients/{key}/do/{command}`.
pub(crate) async fn page(
    visit: Visit,
    Path((key, slug)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let opened = open(&visit, key, &slug, None).await?;
    first(&visit, &opened, &query.unwrap_or_default()).await
}

/// `GET /console/clients/{key}/do/{command}/{item}`.
pub(crate) async fn item_page(
    visit: Visit,
    Path((key, slug, item)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let opened = open(&visit, key, &slug, Some(item)).await?;
    first(&visit, &opened, &query.unwrap_or_default()).await
}

/// `POST /console/clients/{key}/do/{command}`.
pub(crate) async fn submit(Path((key, slug)): Path<(String, String)>, posted: Posted) -> Answer {
    let opened = open(&posted.visit, key, &slug, None).await?;
    give(&posted, &opened).await
}

/// `POST /console/clients/{key}/do/{command}/{item}`.
pub(crate) async fn submit_item(
    Path((key, slug, item)): Path<(String, String, String)>,
    posted: Posted,
) -> Answer {
    let opened = open(&posted.visit, key, &slug, Some(item)).await?;
    give(&posted, &opened).await
}

async fn open(visit: &Visit, key: String, slug: &str, item: Option<String>) -> Result<Opened, Stop> {
    let failed = |failure: Failure| visit.failed(&failure);
    let form = CommandForm::find(slug).filter(|form| (form.subject == Subject::Client) == item.is_none());
    let form = form.ok_or_else(|| failed(absent(Code::PathNotFound)))?;
    let data = json!({ "contactEncodedKey": key });
    let client: Record = visit.ask("RetrieveContactByIdQuery", data.clone()).await.map_err(failed)?;
    let actions = explain(visit, &key).await.map_err(failed)?;
    let (query, list, unknown) = match form.subject {
        Subject::Client => return Ok(Opened { form, key, item, client, actions, subject: None }),
        Subject::Document => ("GetCustomerIdentityDetailsQuery", "documents", Code::DocumentNotFound),
        Subject::Address => ("GetCustomerAddressDetailsQuery", "addresses", Code::AddressNotFound),
        Subject::Amendment => ("GetCustomerAmendmentsQuery", "amendments", Code::AmendmentNotOpen),
    };
    let found: Record = visit.ask(query, data).await.map_err(failed)?;
    let is_it = |one: &Record| Some(one.text(form.subject.member())) == item;
    let subject = found.records(list).into_iter().find(is_it);
    let subject = subject.ok_or_else(|| failed(absent(unknown)))?;
    Ok(Opened { form, key, item, client, actions, subject: Some(subject) })
}

fn absent(code: Code) -> Failure {
    Failure::of(Item::new(code, code.meaning()))
}

/// The form before anything was sent.
async fn first(visit: &Visit, opened: &Opened, query: &str) -> Answer {
    let mut page = write(visit, opened, &Fields::default(), None).await?;
    let words: Vec<_> = query.split('&').collect();
    page.from = words.contains(&"from=queue").then_some(QUEUE);
    let done = words.iter().find_map(|word| word.strip_prefix("done=")).and_then(CommandForm::find);
    page.done = done.map(|form| label(visit, form));
    Ok(html(StatusCode::OK, &page))
}

/// Checks the command or gives it.
async fn give(posted: &Posted, opened: &Opened) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let data = command_data(opened, fields);
    let version = fields.text("version").and_then(|version| version.parse().ok());
    let checked = fields.text("checked").unwrap_or_default();
    let confirmed =
        fields.text("step") == Some("confirm") && (is_upload(opened) || checked == digest(&data, version));
    let mode = if confirmed { Mode::Commit } else { Mode::DryRun };
    let key = fields.text("key").filter(|key| !key.is_empty());
    let sent = Sent { name: opened.form.command, data: &data, version, key, mode };
    match visit.tell(sent).await {
        Ok(_) if confirmed && fields.text("from") == Some(QUEUE) => {
            Ok(see_other(&queue::after(visit, opened.form).await))
        }
        Ok(reply) if confirmed => {
            let key = reply.data.get("contactEncodedKey").and_then(Value::as_str).unwrap_or(&opened.key);
            Ok(see_other(&format!("{}?done={}", url::client(key), opened.form.slug)))
        }
        Ok(reply) => {
            let mut page = write(visit, opened, fields, None).await?;
            page.checked = true;
            page.digest = digest(&data, version);
            page.outcome = decision::outcome(visit, opened.form, &opened.actions, &reply);
            page.changes.extend(entered(visit, opened, &data));
            if page.changes_title.is_empty() {
                page.changes_title = visit.text("change.title");
            }
            Ok(html(StatusCode::OK, &page))
        }
        Err(failure) => {
            let page = write(visit, opened, fields, Some(&failure)).await?;
            let mut response = html(status(&failure), &page);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

/// The data of the command: its subject, what the person has filled in, and what it has seen.
fn command_data(opened: &Opened, fields: &Fields) -> Map<String, Value> {
    let before = |member: &client_wire::spec::FieldSpec| initial(opened.form, &opened.client, member.name);
    let changes = opened.form.initial == Initial::Client;
    let members = opened.form.members();
    let mut data = data(&members, fields, changes.then_some(&before));
    let subject = opened.item.as_deref().unwrap_or(&opened.key);
    data.insert(opened.form.subject.member().to_owned(), subject.into());
    if let Some((name, value)) = opened.form.fixed {
        data.insert(name.to_owned(), value.into());
    }
    if let Some(seen) = fields.text("seen") {
        data.insert("contentSha256".to_owned(), seen.into());
    }
    data
}

/// The values that the person has changed.
fn entered(visit: &Visit, opened: &Opened, data: &Map<String, Value>) -> Vec<Change> {
    if opened.form.initial != Initial::Client {
        return Vec::new();
    }
    let members = opened.form.members().into_iter().map(|member| member.name);
    let changed = members.filter(|name| !name.starts_with("reason") && *name != "notes");
    let change = |name: &'static str| {
        let after = match data.get(name)? {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let before = initial(opened.form, &opened.client, name);
        Some(Change {
            label: visit.language.word("field", name),
            before: or_nothing(visit.language, &before),
            after: or_nothing(visit.language, &after),
            conflict: false,
        })
    };
    changed.filter_map(change).collect()
}

fn is_upload(opened: &Opened) -> bool {
    opened.form.members().iter().any(|member| member.name == "base64Doc")
}

async fn write(
    visit: &Visit,
    opened: &Opened,
    fields: &Fields,
    refused: Option<&Failure>,
) -> Result<DecidePage, Stop> {
    let sentences = refused.map(|failure| visit.sentences(failure)).unwrap_or_default();
    // The person has seen an older version or file. The page shows the current one, so the next attempt is about that;
    // after every other refusal it is still about what the person has seen first.
    let is_outdated = refused.is_some_and(|failure| {
        has_code(failure, Code::StaleVersion) || has_code(failure, Code::ContentChanged)
    });
    // Values of an older version would take back what another person has changed, so the change is entered again.
    let none = Fields::default();
    let entered = if is_outdated && opened.form.initial == Initial::Client { &none } else { fields };
    let client = ClientHead::new(visit.language, &opened.client);
    let offers = match &opened.item {
        None => of_client(visit, &opened.key, &opened.actions),
        Some(item) => {
            let subject = (opened.form.subject, item.as_str());
            of_item(visit, &opened.key, &opened.actions, client.version, subject).await
        }
    };
    let offer = offers.into_iter().find(|offer| offer.slug == opened.form.slug);
    // What has been decided already is not offered any more.
    let (allowed, mut refusals) = offer.map_or((false, Vec::new()), |offer| (offer.allowed, offer.reasons));
    if !allowed && refusals.is_empty() {
        refusals.push(visit.text("blocker.already_reviewed_plainly"));
    }
    let explained = Explained::find(&opened.actions, opened.form.action);
    let look_alikes = decision::look_alikes(visit, opened.form, &opened.key).await;
    let given = |name: &str| fields.text(name).map(str::to_owned);
    let fields_shown = {
        let value = |name: &str| {
            entered.text(name).map_or_else(|| initial(opened.form, &opened.client, name), str::to_owned)
        };
        let held = Held { value: &value, sent: entered, sentences: &sentences };
        decision::fields(visit, opened.form, explained.as_ref(), &look_alikes, &held)
    };
    let (changes, changes_title) = match (&opened.subject, opened.form.subject) {
        (Some(amendment), Subject::Amendment) => (changes(visit, amendment), visit.text("change.proposed")),
        _ if opened.form.slug == "approve" => {
            let changes = since_approval(visit, &opened.key).await;
            let title = if changes.is_empty() { String::new() } else { visit.text("change.since") };
            (changes, title)
        }
        _ => (Vec::new(), String::new()),
    };
    let document = opened.subject.as_ref().filter(|_| opened.form.subject == Subject::Document);
    let path = match &opened.item {
        None => url::command(&opened.key, opened.form.slug),
        Some(item) => url::item_command(&opened.key, opened.form.slug, item),
    };
    let seen_version = given("version").filter(|_| !is_outdated).and_then(|seen| seen.parse().ok());
    let seen = document.map(|document| document.text("contentSha256"));
    Ok(DecidePage {
        shell: visit.shell(label(visit, opened.form)),
        path,
        done: None,
        from: given("from").is_some_and(|from| from == QUEUE).then_some(QUEUE),
        refusals: if allowed { Vec::new() } else { refusals },
        sentences,
        document: document.map(|document| DocumentFile::new(visit, document)),
        changes,
        changes_title,
        offered: allowed,
        upload: is_upload(opened),
        fields: fields_shown,
        key: visit.key_after(fields, refused),
        digest: String::new(),
        checked: false,
        outcome: Vec::new(),
        seen: given("seen").filter(|_| !is_outdated).or(seen),
        client: ClientHead { version: seen_version.unwrap_or(client.version), ..client },
    })
}
