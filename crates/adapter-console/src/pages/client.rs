//! The page of a client: every panel of one version.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use serde_json::json;

use crate::client_panels::{Panels, read};
use crate::command::table::CommandForm;
use crate::curl;
use crate::offering::{label, of_client};
use crate::part::{ClientHead, Offers, Pair, Panel, pairs};
use crate::path_values::PathValues;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::timeline::{Line, line};
use crate::visit::Visit;

/// The members of the profile, in the order of the page.
pub(crate) const PROFILE: &[&str] = &[
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
    "formerContactEncodedKey",
    "returnedAsContactEncodedKey",
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
pub(crate) async fn page(
    visit: Visit,
    PathValues(key): PathValues<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let panels = read(&visit, &key).await.map_err(|failure| visit.failed(&failure))?;
    let done = query.as_deref().and_then(|query| query.strip_prefix("done="));
    let done = done.and_then(CommandForm::find).map(|form| label(&visit, form));
    Ok(html(StatusCode::OK, &write(&visit, panels, done).await))
}

async fn write(visit: &Visit, read: Panels, done: Option<String>) -> ClientPage {
    let language = visit.language;
    let record = read.client();
    let client = ClientHead::new(language, &record);
    let key = record.text("encodedKey");
    let data = json!({ "contactEncodedKey": key });
    let curl = |name: &str| curl::query(&visit.console, name, &data);
    let kyc = Some(record.text("kycStatus")).filter(|status| !status.is_empty());
    let approval = Some(record.text("approvalStatus")).filter(|status| !status.is_empty());
    let (history, more_history, history_refused) = match read.history(visit) {
        Ok(found) => {
            let lines = found.records("entries").iter().map(|entry| line(language, entry)).collect();
            (lines, found.has("nextCursor"), Vec::new())
        }
        Err(sentences) => (Vec::new(), false, sentences),
    };
    ClientPage {
        shell: visit.shell(client.name.clone()),
        done,
        kyc_status: kyc.map(|status| (status.clone(), language.word("kyc", &status))),
        approval: approval.map(|status| language.word("approval", &status)),
        offers: Offers::new(of_client(visit, &key, &read.actions())),
        profile: pairs(language, &record, PROFILE),
        history,
        history_refused,
        more_history,
        curls: Curls {
            actions: curl("RetrieveContactActionsQuery"),
            profile: curl("RetrieveContactByIdQuery"),
            history: curl("RetrieveContactHistoryQuery"),
        },
        panels: read.write(visit, &key, client.version).await,
        client,
    }
}
