//! The page of a client: every panel of one version.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use client_wire::{Code, Failure, Item as FailureItem};
use serde_json::json;

use crate::client_panels::{Panels, read};
use crate::command::table::CommandForm;
use crate::curl;
use crate::offering::{label, of_client};
use crate::part::{ClientHead, Offers, Pair, Panel, pairs};
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::timeline::{Line, line};
use crate::visit::Visit;

/// The members of the profile, in the order of the page.
const PROFILE: &[&str] = &[
    "firstName",
    "middleName",
    "lastName",
    "dateOfBirth",
    "gender",
    "maritalStatus",
    "emailAddress",
    "phoneNumber",
    "address",
    "city",
    "state",
    "country",
    "identificationType",
    "identificationNumber",
    "customerType",
    "branchName",
    "branchEncodedKey",
    "accountOfficerName",
    "accountOfficerId",
    "dateCreated",
    "lastModified",
];

#[derive(Template)]
#[template(path = "client.html")]
struct ClientPage {
    shell: Shell,
    client: ClientHead,
    /// What was done just now.
    done: Option<String>,
    kyc_status: Option<(String, String)>,
    approval: Option<String>,
    offers: Offers,
    profile: Vec<Pair>,
    panels: Vec<Panel>,
    history: Vec<Line>,
    history_refused: Vec<Sentence>,
    more_history: bool,
    curls: Curls,
}

/// The requests of the panels that are not lists.
struct Curls {
    actions: String,
    profile: String,
    history: String,
}

/// `GET /console/clients/{key}`.
pub(crate) async fn page(visit: Visit, Path(key): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let panels = read(&visit, &key).await.map_err(|failure| visit.failed(&failure))?;
    let done = query.as_deref().and_then(|query| query.strip_prefix("done="));
    let done = done.and_then(CommandForm::find).map(|form| label(&visit, form));
    let page = write(&visit, panels, done).await.map_err(|failure| visit.failed(&failure))?;
    Ok(html(StatusCode::OK, &page))
}

async fn write(visit: &Visit, read: Panels, done: Option<String>) -> Result<ClientPage, Failure> {
    let language = visit.language;
    let client = ClientHead::new(language, &read.client);
    let key = read.client.text("encodedKey");
    if key.is_empty() {
        let item = FailureItem::new(Code::ClientNotFound, Code::ClientNotFound.meaning());
        return Err(Failure::of(item));
    }
    let data = json!({ "contactEncodedKey": key });
    let curl = |name: &str| curl::query(&visit.console, name, &data);
    let kyc = Some(read.client.text("kycStatus")).filter(|status| !status.is_empty());
    let approval = Some(read.client.text("approvalStatus")).filter(|status| !status.is_empty());
    let (history, history_refused) = match &read.history {
        Ok(found) => {
            (found.records("entries").iter().map(|entry| line(language, entry)).collect(), Vec::new())
        }
        Err(failure) => (Vec::new(), visit.sentences(failure)),
    };
    Ok(ClientPage {
        shell: visit.shell(client.name.clone()),
        done,
        kyc_status: kyc.map(|status| (status.clone(), language.word("kyc", &status))),
        approval: approval.map(|status| language.word("approval", &status)),
        offers: Offers::new(of_client(visit, &key, &read.actions)),
        profile: pairs(language, &read.client, PROFILE),
        more_history: read.history.as_ref().is_ok_and(|found| found.has("nextCursor")),
        history,
        history_refused,
        curls: Curls {
            actions: curl("RetrieveContactActionsQuery"),
            profile: curl("RetrieveContactByIdQuery"),
            history: curl("RetrieveContactHistoryQuery"),
        },
        panels: read.write(visit, &key, client.version).await,
        client,
    })
}
