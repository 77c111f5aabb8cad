//! What the form of a command shows: its fields, what has changed since the last decision, and what a dry run found.

use client_wire::{Failure, Reply};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::command::field::{Choice, Field, Input};
use crate::command::table::{CommandForm, Initial};
use crate::fields::Fields;
use crate::hex::hex;
use crate::offering::Explained;
use crate::reason_code;
use crate::record::Record;
use crate::sentence::Sentence;
use crate::visit::Visit;

/// What a field holds at first.
pub(crate) fn initial(form: &CommandForm, client: &Record, name: &str) -> String {
    match form.initial {
        Initial::Member(field, member) if field == name => client.text(member),
        Initial::Empty | Initial::Member(..) => String::new(),
        Initial::Client if name == "dateOfBirth" => {
            client.text(name).get(..10).unwrap_or_default().to_owned()
        }
        // A reason belongs to the command and not to the client.
        Initial::Client if matches!(name, "reason" | "reasonCode" | "notes") => String::new(),
        Initial::Client => client.text(name),
    }
}

/// Of a command that was checked: a confirmation is about exactly this.
pub(crate) fn digest(data: &Map<String, Value>, version: Option<u64>) -> String {
    let text = json!([data, version]).to_string();
    hex(&Sha256::digest(text))
}

/// What the fields of a form hold.
pub(crate) struct Held<'a> {
    /// The value of a field.
    pub(crate) value: &'a dyn Fn(&str) -> String,
    /// What was sent.
    pub(crate) sent: &'a Fields,
    /// What is wrong with it.
    pub(crate) sentences: &'a [Sentence],
}

/// The fields of a form.
pub(crate) fn fields(
    visit: &Visit,
    form: &CommandForm,
    explained: Option<&Explained>,
    look_alikes: &[Record],
    held: &Held<'_>,
) -> Vec<Field> {
    let codes = explained.map(|explained| explained.codes(form)).unwrap_or_default();
    let field = |member: &'static client_wire::spec::FieldSpec| {
        let field = Field::new(visit.language, member, &(held.value)(member.name), held.sentences);
        match member.name {
            "reasonCode" => reason_code::choice(field, &codes),
            "reviewedLookAlikes" if look_alikes.is_empty() => None,
            "reviewedLookAlikes" => {
                let choice = |one: &Record| {
                    let key = one.text("contactEncodedKey");
                    Choice {
                        label: look_alike_name(one),
                        selected: held.sent.all("reviewedLookAlikes").any(|chosen| chosen == key),
                        value: key,
                    }
                };
                Some(field.with_choices(Input::Checks, look_alikes.iter().map(choice).collect()))
            }
            // The name of the file says it.
            "docExtension" => None,
            _ => Some(field.with_chosen(held.sent.all(member.name))),
        }
    };
    form.members().into_iter().filter_map(field).collect()
}

/// What a reviewer knows a look-alike by.
pub(crate) fn look_alike_name(one: &Record) -> String {
    format!("{} {} · {}", one.text("firstName"), one.text("lastName"), one.text("customerNumber"))
}

/// The clients that a reviewer compares before an approval.
pub(crate) async fn look_alikes(
    visit: &Visit,
    form: &CommandForm,
    key: &str,
) -> Result<Vec<Record>, Failure> {
    if !form.members().iter().any(|member| member.name == "reviewedLookAlikes") {
        return Ok(Vec::new());
    }
    let found: Record = visit.ask("RetrieveLookAlikesQuery", json!({ "contactEncodedKey": key })).await?;
    Ok(found.records("lookAlikes"))
}

/// What the command would do, by its dry run.
pub(crate) fn outcome(visit: &Visit, form: &CommandForm, actions: &[Record], reply: &Reply) -> Vec<String> {
    let language = visit.language;
    let mut lines = Vec::new();
    if let Some(state) = Explained::find(actions, form).and_then(|explained| explained.to_state()) {
        lines.push(language.filled("outcome.state", &[("state", &language.word("state", &state))]));
    }
    let names = |member: &str| -> Vec<String> {
        let listed = reply.data.get(member).and_then(Value::as_array).into_iter().flatten();
        listed.filter_map(Value::as_str).map(|name| language.word("field", name)).collect()
    };
    for (member, key) in [("changedFields", "outcome.changed"), ("pendingFields", "outcome.pending")] {
        let names = names(member);
        if !names.is_empty() {
            lines.push(language.filled(key, &[("fields", &names.join(", "))]));
        }
    }
    if reply.data.get("approvalRequestWithdrawn").and_then(Value::as_bool) == Some(true) {
        lines.push(visit.text("outcome.withdrawn"));
    }
    lines.extend(warnings(visit, reply));
    if lines.is_empty() {
        lines.push(visit.text("outcome.accepted"));
    }
    lines
}

/// What the service warns of.
pub(crate) fn warnings(visit: &Visit, reply: &Reply) -> Vec<String> {
    let warnings = reply.data.get("warnings").and_then(Value::as_array).into_iter().flatten();
    let sentence = |warning: &Value| {
        let code = warning.get("code").and_then(Value::as_str)?;
        visit.language.find_text(&format!("error.{code}")).map(str::to_owned)
    };
    warnings.filter_map(sentence).collect()
}
