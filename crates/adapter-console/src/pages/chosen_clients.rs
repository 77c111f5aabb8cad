//! One command for many clients: those that were chosen in the list, or all that a search finds, become a batch.

use askama::Template;
use axum::http::StatusCode;
use client_wire::{Code, Failure, Item, Status};

use crate::batch_upload::create;
use crate::chosen::{Chosen, MOST, Pick};
use crate::command::field::Field;
use crate::command::table::CommandForm;
use crate::fields::Fields;
use crate::mass_command::{dry_run, fields, offered, rows};
use crate::offering::label;
use crate::posted::Posted;
use crate::recent_proof;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::url;
use crate::visit::{Visit, see_other, status};

#[derive(Template)]
#[template(path = "chosen_clients.html")]
struct ChosenPage {
    shell: Shell,
    count: u64,
    max: u64,
    /// Whether they are more than that.
    is_too_many: bool,
    /// The choice or the search, to be sent again with the next form.
    kept: Vec<(String, String)>,
    /// What can be done with many clients.
    actions: Vec<Action>,
    /// The command that was chosen, with its fields.
    chosen: Option<Action>,
    fields: Vec<Field>,
    sentences: Vec<Sentence>,
    key: String,
}

struct Action {
    slug: &'static str,
    label: String,
}

/// `POST /console/batches/clients`: which command, with which values, and then the batch.
pub(crate) async fn submit(posted: Posted) -> Answer {
    let (visit, sent) = (&posted.visit, &posted.fields);
    let chosen = Chosen::read(sent);
    let forms = offered(visit);
    let form = sent.text("action").and_then(|slug| forms.iter().copied().find(|form| form.slug == slug));
    let Some(form) = form else { return respond(visit, sent, &chosen, &forms, None, None).await };
    if let Some(refusal) = recent_proof::refusal(visit, form.command, "/console/clients") {
        return Ok(refusal);
    }
    if sent.text("step") != Some("create") {
        return respond(visit, sent, &chosen, &forms, Some(form), None).await;
    }
    let refused = match chosen.clients(visit).await {
        Ok(clients) if !chosen.is_as_shown(sent, &clients) => Refused::Moved,
        Ok(clients) => match batch(visit, sent, &clients, form).await {
            Ok(id) => return Ok(see_other(&url::batch(&id))),
            Err(failure) => Refused::Failed(failure),
        },
        Err(failure) => Refused::Failed(failure),
    };
    respond(visit, sent, &chosen, &forms, Some(form), Some(refused)).await
}

/// Why no batch was made.
enum Refused {
    Failed(Failure),
    /// The search finds another number of clients than the person was told of.
    Moved,
}

/// Makes the batch. A value that is wrong for the first client is wrong for all of them, and is said before.
async fn batch(
    visit: &Visit,
    sent: &Fields,
    clients: &[Pick],
    form: &CommandForm,
) -> Result<String, Failure> {
    let Some(first) = clients.first() else { return Err(none_chosen()) };
    match dry_run(visit, form, sent, first).await {
        Err(failure) if failure.status == Status::BadRequest => return Err(failure),
        // Whether it is possible differs from client to client; the check of the batch says so for each.
        _ => {}
    }
    let key = sent.text("key").filter(|key| !key.is_empty());
    let data = [("format".to_owned(), "ndjson".into())].into_iter().collect();
    create(visit, data, rows(form, sent, clients), key).await
}

fn none_chosen() -> Failure {
    Failure::of(Item::new(Code::Required, Code::Required.meaning()).field("pick"))
}

async fn respond(
    visit: &Visit,
    sent: &Fields,
    chosen: &Chosen,
    forms: &[&'static CommandForm],
    form: Option<&'static CommandForm>,
    refused: Option<Refused>,
) -> Answer {
    let count = chosen.count(visit).await.map_err(|failure| visit.failed(&failure))?;
    let (failure, is_moved) = match refused {
        Some(Refused::Failed(failure)) => (Some(failure), false),
        Some(Refused::Moved) => (None, true),
        None => (None, false),
    };
    let mut sentences = failure.as_ref().map(|failure| visit.sentences(failure)).unwrap_or_default();
    sentences.extend(is_moved.then(|| Sentence::plain(visit.text("chosen.moved"))));
    let action = |form: &'static CommandForm| Action { slug: form.slug, label: label(visit, form) };
    let shown = match form {
        Some(form) => {
            fields(visit, form, sent, &sentences).await.map_err(|failure| visit.failed(&failure))?
        }
        None => Vec::new(),
    };
    let page = ChosenPage {
        shell: visit.shell(visit.text("chosen.title")),
        count,
        max: MOST,
        is_too_many: count > MOST,
        kept: chosen.kept(),
        actions: forms.iter().copied().map(action).collect(),
        chosen: form.map(action),
        fields: shown,
        sentences,
        key: visit.key_after(sent, failure.as_ref()),
    };
    let otherwise = if is_moved { StatusCode::CONFLICT } else { StatusCode::OK };
    let mut response = html(failure.as_ref().map_or(otherwise, status), &page);
    if let Some(failure) = failure {
        response.extensions_mut().insert(failure);
    }
    Ok(response)
}
