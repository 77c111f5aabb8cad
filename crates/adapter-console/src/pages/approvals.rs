//! Several approvals at once: a dry run of each, then each for the version that was seen, and what became of it. Where the bank
//! wants a review of look-alikes, the person says of each client which ones were compared with it.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use client_wire::{Code, Failure};
use futures_util::{StreamExt as _, stream};
use serde_json::{Map, Value, json};

use crate::chosen::{PICK, Pick, picked};
use crate::command::table::CommandForm;
use crate::decision::{digest, look_alike_name, look_alikes, warnings};
use crate::entered::{Entered, unreadable};
use crate::fields::Fields;
use crate::offering::{label, why};
use crate::operation::{Mode, Sent};
use crate::pages::queue::Look;
use crate::part::ClientHead;
use crate::posted::Posted;
use crate::recent_proof;
use crate::record::Record;
use crate::sentence::Reason;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::url;
use crate::visit::{Visit, see_other, status};

/// How many clients are approved at once at most.
const MAX: usize = 100;
/// How many of them are served at a time. It is a part of what one caller may have in progress, so that the person can do
/// something else meanwhile.
const AT_ONCE: usize = 16;
const APPROVE: &str = "approve";
const COMMAND: &str = "ApproveCustomerCommand";
/// The field that says which look-alikes of which client were compared with it.
const REVIEWED: &str = "reviewed";

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
    /// What is checked again once look-alikes were compared; empty if none have to be.
    to_check: Vec<Pick>,
    /// Which look-alikes were compared, of what there is to confirm.
    reviewed: Vec<Reviewed>,
    /// Whether more were chosen than are approved at once.
    is_too_long: bool,
    max: usize,
    key: String,
    /// Of what there is to confirm.
    digest: String,
    /// The queue that the clients were chosen from.
    look: Look,
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
    reasons: Vec<Reason>,
    /// The clients to compare it with before it can be approved.
    look_alikes: Vec<LookAlike>,
}

/// A client that looks like one that was chosen.
struct LookAlike {
    name: String,
    path: String,
    reviewed: Reviewed,
    selected: bool,
}

/// A client that the person has compared with one that was chosen.
#[derive(Clone, PartialEq, Eq)]
struct Reviewed {
    key: String,
    look_alike: String,
}

impl Reviewed {
    fn read(text: &str) -> Option<Self> {
        let (key, look_alike) = text.split_once(':')?;
        Some(Self { key: key.to_owned(), look_alike: look_alike.to_owned() })
    }

    fn text(&self) -> String {
        format!("{}:{}", self.key, self.look_alike)
    }
}

/// `GET /console/queue/approve`: a check of the approvals that the address names.
pub(crate) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Answer {
    match visit.entered(query.as_deref()) {
        Entered::Fields(fields) => match without_proof(&visit, &fields) {
            Some(refusal) => Ok(refusal),
            None => respond(&visit, &fields, Mode::DryRun).await,
        },
        Entered::Nothing => Ok(see_other("/console/queue")),
        Entered::Unreadable => Err(visit.failed_with(&unreadable(), visit.unreadable())),
    }
}

/// `POST /console/queue/approve`: leads to a check of the approvals of the clients that were chosen, or gives them.
pub(crate) async fn approve(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    if let Some(refusal) = without_proof(visit, fields) {
        return Ok(refusal);
    }
    let picks = picked(fields);
    if picks.is_empty() {
        return respond(visit, fields, Mode::DryRun).await;
    }
    let checked = proof(&picks, &compared(fields, &picks));
    if fields.text("step") == Some("confirm") && fields.text("checked") == Some(&checked) {
        return respond(visit, fields, Mode::Commit).await;
    }
    let is_of_check = |name: &str| matches!(name, PICK | REVIEWED | "kind" | "mine" | "branch");
    let texts = fields.texts.iter().filter(|(name, value)| is_of_check(name) && !value.is_empty());
    match visit.lead("/console/queue/approve", &texts.cloned().collect::<Vec<_>>()) {
        Some(led) => Ok(led),
        None => respond(visit, fields, Mode::DryRun).await,
    }
}

/// The answer without a proof that is recent enough; afterwards the person comes back to the queue.
fn without_proof(visit: &Visit, fields: &Fields) -> Option<Response> {
    recent_proof::refusal(visit, COMMAND, &Look::read_fields(fields).address())
}

/// The look-alikes of these clients that were compared, as the form says.
fn compared(fields: &Fields, picks: &[Pick]) -> Vec<Reviewed> {
    of_picks(&fields.all(REVIEWED).filter_map(Reviewed::read).collect::<Vec<_>>(), picks)
}

/// The page after the approvals were checked or given.
async fn respond(visit: &Visit, fields: &Fields, mode: Mode) -> Answer {
    let picks = picked(fields);
    let reviewed = compared(fields, &picks);
    let confirmed = mode == Mode::Commit;
    let is_too_long = picks.len() > MAX;
    let key = visit.key_after(fields, None);
    let given = if is_too_long { Vec::new() } else { give_all(visit, &picks, &reviewed, (&key, mode)).await };
    let (rows, failures): (Vec<_>, Vec<_>) = given.into_iter().unzip();
    let fault = failures.into_iter().flatten().rfind(|failure| status(failure).is_server_error());
    let is_next = |row: &&Row| if confirmed { row.is_unknown } else { row.accepted };
    let to_confirm: Vec<_> = rows.iter().filter(is_next).map(|row| row.pick.clone()).collect();
    let is_checked_again = |row: &&Row| row.accepted || !row.look_alikes.is_empty();
    let to_check: Vec<_> = if rows.iter().any(|row| !row.look_alikes.is_empty()) {
        rows.iter().filter(is_checked_again).map(|row| row.pick.clone()).collect()
    } else {
        Vec::new()
    };
    let title = CommandForm::find(APPROVE).map(|form| label(visit, form)).unwrap_or_default();
    let page = ApprovalsPage {
        shell: visit.shell(title),
        accepted: rows.iter().filter(|row| row.accepted).count(),
        confirmed,
        is_too_long,
        max: MAX,
        digest: proof(&to_confirm, &of_picks(&reviewed, &to_confirm)),
        reviewed: of_picks(&reviewed, &to_confirm),
        look: Look::read_fields(fields),
        to_confirm,
        to_check,
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

/// The look-alikes of these clients that were compared.
fn of_picks(reviewed: &[Reviewed], picks: &[Pick]) -> Vec<Reviewed> {
    let is_of = |one: &&Reviewed| picks.iter().any(|pick| pick.key == one.key);
    reviewed.iter().filter(is_of).cloned().collect()
}

/// A confirmation is about exactly these.
fn proof(picks: &[Pick], reviewed: &[Reviewed]) -> String {
    let texts: Vec<_> = picks.iter().map(Pick::text).collect();
    let compared: Vec<_> = reviewed.iter().map(Reviewed::text).collect();
    let data = [("picks".to_owned(), json!(texts)), (REVIEWED.to_owned(), json!(compared))];
    digest(&data.into_iter().collect(), None)
}

/// Checks or approves the clients, several at a time, so that their commits share writes of the storage. What became of each
/// is in the order in which they were chosen.
async fn give_all(
    visit: &Visit,
    picks: &[Pick],
    reviewed: &[Reviewed],
    (key, mode): (&str, Mode),
) -> Vec<(Row, Option<Failure>)> {
    let given: Vec<_> = picks.iter().map(|pick| give(visit, pick, reviewed, (key, mode))).collect();
    let mut given: Vec<_> = stream::iter(given).buffered(AT_ONCE).collect().await;
    for (pick, one) in picks.iter().zip(&mut given) {
        // Nothing was tried: the person has less room than so many at a time. Alone it has.
        if one.1.as_ref().is_some_and(|failure| failure.has(Code::TooManyInProgress)) {
            *one = give(visit, pick, reviewed, (key, mode)).await;
        }
    }
    given
}

/// Checks or approves one client. The key of the form and the client make the key of the command, so a second click
/// approves nothing twice.
async fn give(
    visit: &Visit,
    pick: &Pick,
    reviewed: &[Reviewed],
    (key, mode): (&str, Mode),
) -> (Row, Option<Failure>) {
    let mut data: Map<String, Value> =
        [("contactEncodedKey".to_owned(), pick.key.as_str().into())].into_iter().collect();
    let head = visit.ask::<Record>("RetrieveContactByIdQuery", Value::Object(data.clone())).await;
    let compared = of_picks(reviewed, std::slice::from_ref(pick));
    if !compared.is_empty() {
        let keys: Vec<_> = compared.into_iter().map(|one| one.look_alike).collect();
        data.insert("reviewedLookAlikes".to_owned(), keys.into());
    }
    let head = head.map(|client| ClientHead::new(visit.language, &client)).ok();
    let key = format!("{key}-{}", pick.key);
    let version = Some(pick.version);
    let sent = Sent { name: COMMAND, data: &data, version, key: Some(&key), mode };
    let told = visit.tell(sent).await;
    // After such a failure it may have been done. The same key again does it once.
    let is_unclear = |failure: &Failure| mode == Mode::Commit && status(failure).is_server_error();
    let is_unknown = told.as_ref().is_err_and(is_unclear);
    let alike = match &told {
        Err(failure) if mode == Mode::DryRun && waits_for_review(failure) => {
            to_compare(visit, pick, reviewed).await
        }
        _ => Vec::new(),
    };
    let (accepted, reasons, failure) = match told {
        Ok(reply) => (true, warnings(visit, &reply).into_iter().map(Reason::from).collect(), None),
        Err(failure) if is_unknown => (false, vec![visit.text("approvals.repeat").into()], Some(failure)),
        Err(failure) => (false, why(visit.sentences(&failure)), Some(failure)),
    };
    let row = Row {
        pick: pick.clone(),
        name: head.as_ref().map(|head| head.name.clone()).unwrap_or_default(),
        number: head.map(|head| head.number).unwrap_or_default(),
        path: url::client(&pick.key),
        accepted,
        is_unknown,
        reasons,
        look_alikes: alike,
    };
    (row, failure)
}

/// Whether nothing but the review of look-alikes is missing.
fn waits_for_review(failure: &Failure) -> bool {
    let unmet = failure.items.iter().filter_map(|item| item.details.get("unmet")?.as_array()).flatten();
    failure.has(Code::LookAlikes) && unmet.into_iter().all(|blocker| blocker["code"] == "look_alikes")
}

/// The clients to compare a client with; none if they could not be read, and then the row says why it is refused.
async fn to_compare(visit: &Visit, pick: &Pick, reviewed: &[Reviewed]) -> Vec<LookAlike> {
    let Some(form) = CommandForm::find(APPROVE) else { return Vec::new() };
    let found = look_alikes(visit, form, &pick.key).await.unwrap_or_default();
    let look_alike = |one: &Record| {
        let key = one.text("contactEncodedKey");
        let own = Reviewed { key: pick.key.clone(), look_alike: key.clone() };
        LookAlike {
            name: look_alike_name(one),
            path: url::client(&key),
            selected: reviewed.contains(&own),
            reviewed: own,
        }
    };
    found.iter().map(look_alike).collect()
}
