//! The form of a command: what it changes, why it may be impossible, a dry run, and the decision itself.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use client_wire::{Code, Failure};
use serde_json::Value;

use crate::client_panels::changes;
use crate::command::field::Field;
use crate::command::table::{CommandForm, Initial, Subject};
use crate::decision::{self, Held, digest, initial};
use crate::document_upload::at_file;
use crate::fields::Fields;
use crate::offering::{Explained, label, of_client, of_item};
use crate::opened::{Opened, command_data, entered, is_upload, open};
use crate::operation::{Mode, Sent};
use crate::pages::client::PROFILE;
use crate::pages::document::DocumentFile;
use crate::pages::queue;
use crate::part::{Change, ClientHead, Pair, pairs};
use crate::path_values::PathValues;
use crate::posted::Posted;
use crate::recent_proof;
use crate::sentence::{Reason, Sentence};
use crate::shell::{Shell, html};
use crate::since_approval::{SinceApproval, since_approval};
use crate::stop::{Answer, Stop};
use crate::url;
use crate::visit::{Visit, see_other, status};

#[derive(Template)]
#[template(path = "decide.html")]
struct DecidePage {
    shell: Shell,
    client: ClientHead,
    path: String,
    /// What was done just now, before this.
    done: Option<String>,
    /// Where the person comes from: the queue, to whose next item it goes afterwards.
    from: Option<String>,
    /// Who it is about, where the form does not have the values itself.
    profile: Vec<Pair>,
    /// Why the command is not possible.
    refusals: Vec<Reason>,
    sentences: Vec<Sentence>,
    document: Option<DocumentFile>,
    changes: Vec<Change>,
    changes_title: String,
    /// What else is said about the changes, such as fields without their values.
    changes_notes: Vec<String>,
    /// Why something that a decision needs could not be read.
    unread: Vec<Sentence>,
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

/// `GET /console/clients/{key}/do/{command}`.
pub(crate) async fn page(
    visit: Visit,
    PathValues((key, slug)): PathValues<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let opened = open(&visit, key, &slug, None).await?;
    first(&visit, &opened, query.as_deref()).await
}

/// `GET /console/clients/{key}/do/{command}/{item}`.
pub(crate) async fn item_page(
    visit: Visit,
    PathValues((key, slug, item)): PathValues<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let opened = open(&visit, key, &slug, Some(item)).await?;
    first(&visit, &opened, query.as_deref()).await
}

/// `POST /console/clients/{key}/do/{command}`.
pub(crate) async fn submit(PathValues((key, slug)): PathValues<(String, String)>, posted: Posted) -> Answer {
    let opened = open(&posted.visit, key, &slug, None).await?;
    give(&posted, &opened).await
}

/// `POST /console/clients/{key}/do/{command}/{item}`.
pub(crate) async fn submit_item(
    PathValues((key, slug, item)): PathValues<(String, String, String)>,
    posted: Posted,
) -> Answer {
    let opened = open(&posted.visit, key, &slug, Some(item)).await?;
    give(&posted, &opened).await
}

/// The form before anything was sent.
async fn first(visit: &Visit, opened: &Opened, query: Option<&str>) -> Answer {
    let address = path(opened);
    let address = query.map_or_else(|| address.clone(), |query| format!("{address}?{query}"));
    if let Some(again) = recent_proof::before(visit, opened.form.command, &address) {
        return Ok(again);
    }
    let query = query.unwrap_or_default();
    let mut page = write(visit, opened, &Fields::default(), None).await?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let from = pairs.find(|(name, _)| name == "from").map(|(_, from)| from.into_owned());
    page.from = from.filter(|from| queue::is_origin(from));
    let words: Vec<_> = query.split('&').collect();
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
    if confirmed && let Some(refusal) = recent_proof::refusal(visit, opened.form.command, &path(opened)) {
        return Ok(refusal);
    }
    let mode = if confirmed { Mode::Commit } else { Mode::DryRun };
    let key = fields.text("key").filter(|key| !key.is_empty());
    let sent = Sent { name: opened.form.command, data: &data, version, key, mode };
    match visit.tell(sent).await {
        Ok(_) if confirmed && fields.text("from").is_some_and(queue::is_origin) => {
            let from = fields.text("from").unwrap_or_default();
            Ok(see_other(&queue::after(visit, opened.form, from).await))
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
            let failure = if is_upload(opened) { at_file(failure, fields.file.is_some()) } else { failure };
            let page = write(visit, opened, fields, Some(&failure)).await?;
            let mut response = html(status(&failure), &page);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

/// The address of the form.
fn path(opened: &Opened) -> String {
    match &opened.item {
        None => url::command(&opened.key, opened.form.slug),
        Some(item) => url::item_command(&opened.key, opened.form.slug, item),
    }
}

/// What is said about the changes since the last approval beside their values.
fn notes(visit: &Visit, since: &SinceApproval) -> Vec<String> {
    let names = (!since.names.is_empty())
        .then(|| visit.language.filled("history.changed", &[("fields", &since.names.join(", "))]));
    names.into_iter().chain(since.has_older.then(|| visit.text("change.older"))).collect()
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
    let is_outdated =
        refused.is_some_and(|failure| failure.has(Code::StaleVersion) || failure.has(Code::ContentChanged));
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
        refusals.push(visit.text("blocker.already_reviewed_plainly").into());
    }
    let explained = Explained::find(&opened.actions, opened.form);
    let mut unread = Vec::new();
    let look_alikes =
        decision::look_alikes(visit, opened.form, &opened.key).await.unwrap_or_else(|failure| {
            unread.extend(visit.sentences(&failure));
            Vec::new()
        });
    let given = |name: &str| fields.text(name).map(str::to_owned);
    let fields_shown = {
        let value = |name: &str| {
            entered.text(name).map_or_else(|| initial(opened.form, &opened.client, name), str::to_owned)
        };
        let held = Held { value: &value, sent: entered, sentences: &sentences };
        decision::fields(visit, opened.form, explained.as_ref(), &look_alikes, &held)
    };
    let (mut changes_notes, mut changes_title) = (Vec::new(), String::new());
    let changes = match (&opened.subject, opened.form.subject) {
        (Some(amendment), Subject::Amendment) => {
            changes_title = visit.text("change.proposed");
            changes(visit, amendment)
        }
        _ if opened.form.slug == "approve" => match since_approval(visit, &opened.key).await {
            Ok(since) => {
                changes_notes = notes(visit, &since);
                if !since.changes.is_empty() || !changes_notes.is_empty() {
                    changes_title = visit.text("change.since");
                }
                since.changes
            }
            Err(failure) => {
                changes_title = visit.text("change.since");
                unread.extend(visit.sentences(&failure));
                Vec::new()
            }
        },
        _ => Vec::new(),
    };
    unread.dedup();
    let document = opened.subject.as_ref().filter(|_| opened.form.subject == Subject::Document);
    let seen_version = given("version").filter(|_| !is_outdated).and_then(|seen| seen.parse().ok());
    let seen = document.map(|document| document.text("contentSha256"));
    Ok(DecidePage {
        shell: visit.shell(label(visit, opened.form)),
        path: path(opened),
        done: None,
        from: given("from").filter(|from| queue::is_origin(from)),
        profile: if opened.form.initial == Initial::Client {
            Vec::new()
        } else {
            pairs(visit.language, &opened.client, PROFILE)
        },
        refusals: if allowed { Vec::new() } else { refusals },
        sentences,
        document: document.map(|document| DocumentFile::new(visit, document)),
        changes,
        changes_title,
        changes_notes,
        unread,
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
