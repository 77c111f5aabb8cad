//! A new client: its fields in groups, checked while they are filled in, then created.

use askama::Template;
use axum::http::StatusCode;
use client_app::Error;
use client_domain::Permission;
use client_wire::spec::FieldSpec;
use client_wire::{Code, Failure, find_operation};
use serde_json::Value;

use crate::command::data::data;
use crate::command::field::Field;
use crate::decision::{digest, warnings};
use crate::fields::Fields;
use crate::operation::{Mode, Sent};
use crate::posted::Posted;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::url;
use crate::visit::{Visit, see_other, status};

const COMMAND: &str = "CreateContactCommand";

/// The groups of the form. What is in none of them is in the last one.
const GROUPS: &[(&str, &[&str])] = &[
    ("onboard.person", &["firstName", "middleName", "lastName", "dateOfBirth", "gender", "maritalStatus"]),
    ("onboard.contact", &["emailAddress", "phoneNumber", "address", "city", "state", "country"]),
    ("onboard.identification", &["identificationType", "identificationNumber"]),
    ("onboard.bank", &[]),
];

#[derive(Template)]
#[template(path = "onboard.html")]
struct OnboardPage {
    shell: Shell,
    /// Where the person goes instead.
    back: &'static str,
    groups: Vec<Group>,
    sentences: Vec<Sentence>,
    /// What is wrong with what was filled in so far.
    live: Vec<Sentence>,
    warnings: Vec<String>,
    key: String,
    digest: String,
    checked: bool,
    /// Whether a button was pressed; else the form is checked while it is filled in.
    pressed: bool,
}

struct Group {
    title: String,
    fields: Vec<Field>,
}

/// `GET /console/new`.
pub(crate) async fn page(visit: Visit) -> Answer {
    // Without the permission nothing is asked that would be refused in the end.
    let needed = find_operation(COMMAND).and_then(|spec| spec.permission);
    if let Some(missing) = needed.filter(|permission| !visit.caller().may(*permission)) {
        let failure = Failure::of_error(Error::PermissionMissing(vec![missing]), visit.caller());
        return Err(visit.failed(&failure));
    }
    Ok(html(StatusCode::OK, &write(&visit, &Fields::default(), None)))
}

/// `POST /console/new`: checks the fields, or creates the client.
pub(crate) async fn submit(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let data = data(&members(), fields, None);
    let checked = fields.text("checked").unwrap_or_default();
    let confirmed = fields.text("step") == Some("confirm") && checked == digest(&data, None);
    let mode = if confirmed { Mode::Commit } else { Mode::DryRun };
    let key = fields.text("key").filter(|key| !key.is_empty());
    match visit.tell(Sent { name: COMMAND, data: &data, version: None, key, mode }).await {
        Ok(reply) if confirmed => {
            let key = reply.data.get("contactEncodedKey").and_then(Value::as_str).unwrap_or_default();
            Ok(see_other(&url::client(key)))
        }
        Ok(reply) => {
            let mut page = write(visit, fields, None);
            page.checked = true;
            page.digest = digest(&data, None);
            page.warnings = warnings(visit, &reply);
            Ok(html(StatusCode::OK, &page))
        }
        Err(failure) if fields.has("step") => {
            let page = write(visit, fields, Some(&failure));
            let mut response = html(status(&failure), &page);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
        // While the form is filled in, what is still empty is no mistake.
        Err(failure) => {
            let mut page = write(visit, fields, None);
            let is_fault = status(&failure).is_server_error();
            let failure = wrong_so_far(failure);
            page.live = visit.sentences(&failure);
            let mut response = html(StatusCode::OK, &page);
            if is_fault {
                // For the log. A mistake that is still being corrected is none of its business.
                response.extensions_mut().insert(failure);
            }
            Ok(response)
        }
    }
}

fn wrong_so_far(mut failure: Failure) -> Failure {
    failure.items.retain(|item| item.code != Code::Required);
    failure
}

fn members() -> Vec<&'static FieldSpec> {
    find_operation(COMMAND).map_or(&[][..], |spec| spec.fields).iter().collect()
}

fn write(visit: &Visit, fields: &Fields, refused: Option<&Failure>) -> OnboardPage {
    let sentences = refused.map(|failure| visit.sentences(failure)).unwrap_or_default();
    let field = |member: &'static FieldSpec| {
        let value = fields.text(member.name).unwrap_or_default();
        Field::new(visit.language, member, value, &sentences)
    };
    let is_in = |member: &FieldSpec, names: &[&str]| match names {
        [] => GROUPS.iter().all(|(_, names)| !names.contains(&member.name)),
        names => names.contains(&member.name),
    };
    let group = |(title, names): &(&str, &[&str])| {
        let mut members = members();
        members.retain(|member| is_in(member, names));
        members.sort_by_key(|member| names.iter().position(|name| *name == member.name));
        Group { title: visit.text(title), fields: members.into_iter().map(field).collect() }
    };
    let is_reader = visit.caller().may(Permission::Read);
    OnboardPage {
        shell: visit.shell(visit.text("onboard.title")),
        back: if is_reader { "/console/clients" } else { "/console" },
        groups: GROUPS.iter().map(group).collect(),
        sentences,
        live: Vec::new(),
        warnings: Vec::new(),
        key: visit.key_after(fields, refused),
        digest: String::new(),
        checked: false,
        pressed: fields.has("step"),
    }
}
