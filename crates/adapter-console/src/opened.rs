//! A command about a client, with what it is about.

use client_wire::{Code, Failure, Item};
use serde_json::{Map, Value, json};

use crate::command::data::data;
use crate::command::table::{CommandForm, Initial, Subject};
use crate::decision::initial;
use crate::document_upload::CONTENT;
use crate::fields::Fields;
use crate::offering::explain;
use crate::part::{Change, words};
use crate::record::Record;
use crate::stop::Stop;
use crate::timeline::or_nothing;
use crate::visit::Visit;

/// A command about a client, with what its page shows.
pub(crate) struct Opened {
    pub(crate) form: &'static CommandForm,
    pub(crate) key: String,
    pub(crate) item: Option<String>,
    pub(crate) client: Record,
    pub(crate) actions: Vec<Record>,
    /// The document, the address or the amendment.
    pub(crate) subject: Option<Record>,
}

/// Reads what the command with this name is about.
pub(crate) async fn open(
    visit: &Visit,
    key: String,
    slug: &str,
    item: Option<String>,
) -> Result<Opened, Stop> {
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

/// The data of the command: its subject, what the person has filled in, and what it has seen.
pub(crate) fn command_data(opened: &Opened, fields: &Fields) -> Map<String, Value> {
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
pub(crate) fn entered(visit: &Visit, opened: &Opened, data: &Map<String, Value>) -> Vec<Change> {
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
            before: or_nothing(visit.language, &words(visit.language, name, &before)),
            after: or_nothing(visit.language, &words(visit.language, name, &after)),
            conflict: false,
        })
    };
    changed.filter_map(change).collect()
}

/// Whether the form asks for a file.
pub(crate) fn is_upload(opened: &Opened) -> bool {
    opened.form.members().iter().any(|member| member.name == CONTENT)
}
