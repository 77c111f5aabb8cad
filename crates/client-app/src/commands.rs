//! The commands, one file each: what it takes, what it decides, what it answers.
//!
//! To add one, see "How to add a command" in CONTRIBUTING.

pub(crate) mod approve;
pub(crate) mod blacklist;
pub(crate) mod change_state;
pub(crate) mod create_contact;
pub(crate) mod exit;
pub(crate) mod record_transaction;
pub(crate) mod reject;
pub(crate) mod request_approval;
pub(crate) mod undo_blacklist;
pub(crate) mod update_contact;

use client_domain::Invalid;
use client_domain::value::{ClientKey, CustomerNumber};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::command::Command;
use crate::form::Form;
use crate::ports::ClientRef;
use crate::spec::OperationSpec;
use crate::{Caller, Failure};

/// Parses the data of a command, and answers every wrong field at once.
pub(crate) fn parse(
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
        name if name == record_transaction::SPEC.name => record_transaction::parse(form),
        _ => change_state::parse(spec, form),
    }
}

/// Reads how a request names a client: by its customer number, or by its key.
pub(crate) fn client_ref(raw: &str) -> Result<ClientRef, Invalid> {
    match CustomerNumber::parse(raw) {
        Ok(number) => Ok(ClientRef::Id(number.id())),
        Err(_) => ClientKey::parse(raw).map(ClientRef::Key),
    }
}
