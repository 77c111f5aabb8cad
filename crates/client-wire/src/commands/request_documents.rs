use client_app::commands::RequestDocuments;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::kyc::RequestedDocuments;
use client_domain::value::Notes;
use serde_json::{Map, Value, json};

use super::client_ref::client;
use super::document_kind::{document_kind, meanings};
use super::operation::{CommandOperation, Request};
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::kyc_view::{REQUESTED_KINDS, kind_numbers};
use crate::reply::members;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

const KINDS: &str = "identityTypes";

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RequestIdentityDocumentsCommand",
    kind: OperationKind::Command,
    about: "Asks a client for identity documents. The event names their types, so that a receiver of webhooks can write to \
            the client. An open approval request stays open.",
    permission: Some(Permission::KycReview),
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::required(KINDS, REQUESTED_KINDS, meanings!("The types of the documents, each once: ")),
        field::NOTES,
    ],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required(
            KINDS,
            REQUESTED_KINDS,
            "The types of the documents, in the order of their numbers.",
        ),
        FieldSpec::required(
            "requestedBy",
            shape::ANY_TEXT,
            "The caller's verified e-mail address, else its subject.",
        ),
        FieldSpec::required("requestDate", Shape::DateTime, "The time of the request."),
        field::NEW_VERSION,
        field::DRY_RUN,
    ],
    refusals: &[Code::ClientNotFound, Code::InvalidStatus, Code::StaleVersion],
    example: r#"{ "contactEncodedKey": "CUST1000001", "identityTypes": [2, 5], "notes": "The bill of this year, please." }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Identity documents requested successfully.",
    reply,
    fresh: &[],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let documents = documents(&mut form);
    let notes = form.optional("notes", Notes::parse);
    let command = || Some(RequestDocuments { client: client?, documents: documents?, notes });
    let command = command();
    request.plan(form.finish(command)?)
}

fn documents(form: &mut Form<'_>) -> Option<RequestedDocuments> {
    if form.is_absent(KINDS) {
        form.fail(KINDS, Item::new(Code::Required, "This field is mandatory."));
        return None;
    }
    let kinds = form
        .list(KINDS, RequestedDocuments::MAX, |form, path, value| document_kind(form, path, Some(value)))?;
    if kinds.is_empty() {
        form.fail(KINDS, Item::new(Code::OutOfRange, "must have at least 1 item").detail("min", 1));
        return None;
    }
    form.keep(KINDS, RequestedDocuments::new(kinds))
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    let requested = decided.event.and_then(|event| event.requested.as_ref());
    members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "identityTypes": requested.map(kind_numbers),
        "requestedBy": decided.stamp.by.label(),
        "requestDate": decided.stamp.at.to_string(),
        "version": decided.client.version().get(),
    }))
}
