//! The commands, one file each: what it takes, what it decides, what it answers.
//!
//! To add one, see "How to add a command" in CONTRIBUTING.

pub(crate) mod approve;
pub(crate) mod approve_address;
pub(crate) mod approve_document;
pub(crate) mod blacklist;
pub(crate) mod change_state;
pub(crate) mod create_address_information;
pub(crate) mod create_contact;
pub(crate) mod create_identity_document;
pub(crate) mod exit;
pub(crate) mod note_expiry;
pub(crate) mod record_transaction;
pub(crate) mod reject;
pub(crate) mod reject_address;
pub(crate) mod reject_document;
pub(crate) mod replace_content;
pub(crate) mod request_approval;
pub(crate) mod review_papers;
pub(crate) mod undo_blacklist;
pub(crate) mod update_contact;

use client_domain::value::{ClientKey, CustomerNumber};
use client_domain::{ClientEvent, Invalid};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::command::Command;
use crate::form::Form;
use crate::ports::ClientRef;
use crate::spec::{OperationSpec, field};
use crate::{Caller, Clients, Code, Failure, Item};

/// Parses the data of a command, and answers every wrong field at once.
pub(crate) fn parse(
    clients: &Clients,
    spec: &'static OperationSpec,
    data: &Map<String, Value>,
    now: Timestamp,
    caller: &Caller,
) -> Result<Command, Failure> {
    let form = Form::new(spec.fields, data);
    match spec.name {
        name if name == create_contact::SPEC.name => create_contact::parse(form, now, caller),
        name if name == update_contact::SPEC.name => update_contact::parse(form),
        name if name == request_approval::SPEC.name => request_approval::parse(form),
        name if name == record_transaction::SPEC.name => record_transaction::parse(form, now),
        name if name == create_identity_document::SPEC.name => {
            create_identity_document::parse(clients, form, now, caller)
        }
        name if name == create_address_information::SPEC.name => {
            create_address_information::parse(clients, form)
        }
        _ => match review_papers::find(spec) {
            Some(review) => review_papers::parse(review, form),
            None => change_state::parse(spec, form),
        },
    }
}

/// Reads which client a request names: by its key, or by its customer number in place of the key.
pub(crate) fn client(form: &mut Form<'_>) -> Option<ClientRef> {
    let key = form.optional("contactEncodedKey", client_ref);
    let number = form.optional("customerNumber", CustomerNumber::parse);
    match field::WAYS.iter().filter(|name| !form.is_absent(name)).count() {
        0 => form.fail("contactEncodedKey", Item::new(Code::Required, "This field is mandatory.")),
        1 => {}
        _ => {
            let message = "Only one of contactEncodedKey and customerNumber can be there.";
            form.fail(
                "customerNumber",
                Item::new(Code::ExactlyOne, message).detail("fields", field::WAYS.to_vec()),
            );
        }
    }
    key.or(number.map(|number| ClientRef::Id(number.id())))
}

/// Says of a change that it has withdrawn an open request for approval, if it has.
pub(crate) fn tell_withdrawal(
    mut data: Map<String, Value>,
    event: Option<&ClientEvent>,
) -> Map<String, Value> {
    if event.is_some_and(ClientEvent::withdrew_request) {
        data.insert("approvalRequestWithdrawn".to_owned(), true.into());
    }
    data
}

/// Reads a key that may be a customer number.
pub(crate) fn client_ref(raw: &str) -> Result<ClientRef, Invalid> {
    match CustomerNumber::parse(raw) {
        Ok(number) => Ok(ClientRef::Id(number.id())),
        Err(_) => ClientKey::parse(raw).map(ClientRef::Key),
    }
}
