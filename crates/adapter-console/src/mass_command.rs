//! One command with the same values for many clients.

use axum::body::Bytes;
use client_wire::spec::FieldSpec;
use client_wire::{Failure, batch_commands, find_operation};
use serde_json::{Map, Value, json};

use crate::chosen::Pick;
use crate::command::data::data;
use crate::command::field::Field;
use crate::command::table::{CommandForm, FORMS, Subject};
use crate::fields::Fields;
use crate::operation::{Mode, Sent};
use crate::reason_code;
use crate::record::Record;
use crate::sentence::Sentence;
use crate::visit::Visit;

/// What is different for each client, so that there is nothing to give to many at once.
const OF_ONE: [&str; 4] = ["verify-mobile", "verify-email", "record-transaction", "return"];

/// The commands that this person can give for many clients.
pub(crate) fn offered(visit: &Visit) -> Vec<&'static CommandForm> {
    let permissions = &visit.caller().permissions;
    let is_open = |form: &&CommandForm| {
        find_operation(form.command).is_some_and(|operation| operation.is_open_to(permissions))
    };
    let is_of_many = |form: &&CommandForm| {
        form.subject == Subject::Client
            && batch_commands().any(|name| name == form.command)
            && !OF_ONE.contains(&form.slug)
    };
    FORMS.iter().filter(is_of_many).filter(is_open).collect()
}

/// The fields of the command.
pub(crate) async fn fields(
    visit: &Visit,
    form: &CommandForm,
    sent: &Fields,
    sentences: &[Sentence],
) -> Result<Vec<Field>, Failure> {
    let codes = codes(visit, form).await?;
    let field = |member: &'static FieldSpec| {
        let field = Field::new(visit.language, member, sent.text(member.name).unwrap_or_default(), sentences);
        match member.name {
            // A review of look-alikes is of one client.
            "reviewedLookAlikes" => None,
            "reasonCode" => reason_code::choice(field, &codes),
            _ => Some(field.with_chosen(sent.all(member.name))),
        }
    };
    Ok(form.members().into_iter().filter_map(field).collect())
}

/// The codes that the bank lists for the reason of the command, with their texts.
async fn codes(visit: &Visit, form: &CommandForm) -> Result<Vec<(String, String)>, Failure> {
    if !form.members().iter().any(|member| member.name == "reasonCode") {
        return Ok(Vec::new());
    }
    let found: Record = visit.ask("RetrieveReasonsQuery", json!({})).await?;
    let operations = found.records("operations");
    let of_form = operations.iter().filter(|one| one.text("operation") == form.reasons);
    let codes = of_form.flat_map(|one| one.records("codes")).filter(|code| !code.flag("retired"));
    Ok(codes.map(|code| (code.text("code"), code.text("text"))).collect())
}

/// The values that the person has filled in; what was left empty stays as it is.
fn values(form: &CommandForm, sent: &Fields, client: &Pick) -> Map<String, Value> {
    let mut data = data(&form.members(), sent, None);
    data.insert(form.subject.member().to_owned(), client.key.as_str().into());
    data
}

/// A dry run for one of the clients.
pub(crate) async fn dry_run(
    visit: &Visit,
    form: &CommandForm,
    sent: &Fields,
    client: &Pick,
) -> Result<(), Failure> {
    let data = values(form, sent, client);
    let version = Some(client.version);
    let sent = Sent { name: form.command, data: &data, version, key: None, mode: Mode::DryRun };
    visit.tell(sent).await.map(drop)
}

/// The rows of the batch: the command for each client, in the version that was seen.
pub(crate) fn rows(form: &CommandForm, sent: &Fields, clients: &[Pick]) -> Bytes {
    let mut rows = String::new();
    for client in clients {
        let row = json!({
            "commandName": form.command, "data": values(form, sent, client), "ifMatch": client.version,
        });
        rows.push_str(&row.to_string());
        rows.push('\n');
    }
    rows.into()
}
