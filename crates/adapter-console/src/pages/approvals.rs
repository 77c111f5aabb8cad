//! Several approvals at once: a dry run of each, then each for the version that was seen, and what became of it.

use askama::Template;
use axum::http::StatusCode;
use client_wire::{Code, Failure};
use futures_util::{StreamExt as _, stream};
use serde_json::{Map, Value, json};

use crate::chosen::{Pick, picked};
use crate::command::table::CommandForm;
use crate::decision::{digest, warnings};
use crate::offering::{label, why};
use crate::operation::{Mode, Sent};
use crate::part::{ClientHead, has_code};
use crate::posted::Posted;
use crate::recent_proof;
use crate::record::Record;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::url;
use crate::visit::{Visit, status};

/// How many clients are approved at once at most.
const MAX: usize = 100;
/// How many of them are served at a time. It is a part of what one caller may have in progress, so that the person can do
/// something else meanwhile.
const AT_ONCE: usize = 16;
const APPROVE: &str = "approve";
const COMMAND: &str = "ApproveCustomerCommand";

#[derive(Template)]
#[template(path = "approvals.html")]
struct ApprovalsPage {
    shell: Shell,
    rows: Vec<Row>,
    /// How many were accepted: can be approved, or have been.
    accepted: usize,
    confirmed: bool,
    /// What there is to confirm: what can be approved, or what became of is not known.
    to_confirm: Vec<Pick>,
    /// Whether more were chosen than are approved at once.
    is_too_long: bool,
    max: usize,
    key: String,
    /// Of what there is to confirm.
    digest: String,
}

/// A client that was chosen, and what a dry run or the approval said.
struct Row {
    pick: Pick,
    name: String,
    number: String,
    path: String,
    accepted: bool,
    /// Whether it may have been approved or not.
    is_unknown: bool,
    texts: Vec<String>,
}

/// `POST /console/queue/approve`: checks the approvals of the clients that were chosen, or gives them.
pub(crate) async fn approve(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    if let Some(refusal) = recent_proof::refusal(visit, COMMAND, "/console/queue") {
        return Ok(refusal);
    }
    let picks = picked(fields);
    let confirmed = fields.text("step") == Some("confirm") && fields.text("checked") == Some(&proof(&picks));
    let mode = if confirmed { Mode::Commit } else { Mode::DryRun };
    let is_too_long = picks.len() > MAX;
    let key = visit.key_after(fields, None);
    let given = if is_too_long { Vec::new() } else { give_all(visit, &picks, &key, mode).await };
    let (rows, failures): (Vec<_>, Vec<_>) = given.into_iter().unzip();
    let fault = failures.into_iter().flatten().rfind(|failure| status(failure).is_server_error());
    let is_next = |row: &&Row| if confirmed { row.is_unknown } else { row.accepted };
    let to_confirm: Vec<_> = rows.iter().filter(is_next).map(|row| row.pick.clone()).collect();
    let title = CommandForm::find(APPROVE).map(|form| label(visit, form)).unwrap_or_default();
    let page = ApprovalsPage {
        shell: visit.shell(title),
        accepted: rows.iter().filter(|row| row.accepted).count(),
        confirmed,
        is_too_long,
        max: MAX,
        digest: proof(&to_confirm),
        to_confirm,
        key,
        rows,
    };
    let code = if is_too_long { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let mut response = html(code, &page);
    if let Some(fault) = fault {
        response.extensions_mut().insert(fault);
    }
    Ok(response)
}

/// A confirmation is about exactly these.
fn proof(picks: &[Pick]) -> String {
    let texts: Vec<_> = picks.iter().map(Pick::text).collect();
    digest(&[("picks".to_owned(), json!(texts))].into_iter().collect(), None)
}

/// Checks or approves the clients, several at a time, so that their commits share writes of the storage. What became of each
/// is in the order in which they were chosen.
async fn give_all(visit: &Visit, picks: &[Pick], key: &str, mode: Mode) -> Vec<(Row, Option<Failure>)> {
    let given: Vec<_> = picks.iter().map(|pick| give(visit, pick, key, mode)).collect();
    let mut given: Vec<_> = stream::iter(given).buffered(AT_ONCE).collect().await;
    for (pick, one) in picks.iter().zip(&mut given) {
        // Nothing was tried: the person has less room than so many at a time. Alone it has.
        if one.1.as_ref().is_some_and(|failure| has_code(failure, Code::TooManyInProgress)) {
            *one = give(visit, pick, key, mode).await;
        }
    }
    given
}

/// Checks or approves one client. The key of the form and the client make the key of the command, so a second click
/// approves nothing twice.
async fn give(visit: &Visit, pick: &Pick, key: &str, mode: Mode) -> (Row, Option<Failure>) {
    let data: Map<String, Value> =
        [("contactEncodedKey".to_owned(), pick.key.as_str().into())].into_iter().collect();
    let head = visit.ask::<Record>("RetrieveContactByIdQuery", Value::Object(data.clone())).await;
    let head = head.map(|client| ClientHead::new(visit.language, &client)).ok();
    let key = format!("{key}-{}", pick.key);
    let version = Some(pick.version);
    let sent = Sent { name: COMMAND, data: &data, version, key: Some(&key), mode };
    let told = visit.tell(sent).await;
    // After such a failure it may have been done. The same key again does it once.
    let is_unclear = |failure: &Failure| mode == Mode::Commit && status(failure).is_server_error();
    let is_unknown = told.as_ref().is_err_and(is_unclear);
    let (accepted, texts, failure) = match told {
        Ok(reply) => (true, warnings(visit, &reply), None),
        Err(failure) if is_unknown => (false, vec![visit.text("approvals.repeat")], Some(failure)),
        Err(failure) => (false, why(visit.sentences(&failure)), Some(failure)),
    };
    let row = Row {
        pick: pick.clone(),
        name: head.as_ref().map(|head| head.name.clone()).unwrap_or_default(),
        number: head.map(|head| head.number).unwrap_or_default(),
        path: url::client(&pick.key),
        accepted,
        is_unknown,
        texts,
    };
    (row, failure)
}
