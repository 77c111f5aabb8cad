use client_domain::client::Decision;
use client_domain::lifecycle::Facts;
use client_domain::value::Notes;
use client_domain::{Client, ClientEvent, Permission, Refusal, Stamp};
use serde_json::{Map, Value, json};

use super::client;
use crate::command::{ClientCommand, Command};
use crate::form::Form;
use crate::ports::ClientRef;
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field, shape};
use crate::{Code, Failure};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RequestCustomerApprovalCommand",
    kind: Kind::Command,
    about: "Asks for a client to be approved; one request can be open at a time.",
    permission: Permission::Write,
    fields: &[field::KEY, field::NUMBER, field::NOTES],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("approvalStatus", shape::APPROVAL, "Pending: the request is open."),
        FieldSpec::required("requestDate", Shape::DateTime, "When it was asked for."),
        field::DRY_RUN,
    ],
    refusals: &[Code::ClientNotFound, Code::AlreadyInApproval, Code::InvalidStatus, Code::StaleVersion],
    example: r#"{ "contactEncodedKey": "CUST1000001", "notes": "Papers seen in person." }"#,
};

struct RequestApproval {
    client: ClientRef,
    notes: Option<Notes>,
}

pub(crate) fn parse(mut form: Form<'_>) -> Result<Command, Failure> {
    let client = client(&mut form);
    let notes = form.optional("notes", Notes::parse);
    let command = client.map(|client| RequestApproval { client, notes });
    form.finish(command).map(|command| Command::Existing(Box::new(command)))
}

impl ClientCommand for RequestApproval {
    fn spec(&self) -> &'static OperationSpec {
        &SPEC
    }

    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &Stamp) -> Result<Decision, Refusal> {
        let change = client.request_approval(self.notes.clone(), stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }

    fn reply(
        &self,
        client: &Client,
        _event: Option<&ClientEvent>,
        stamp: &Stamp,
    ) -> (String, Map<String, Value>) {
        let data = crate::reply::members(json!({
            "contactEncodedKey": client.key().as_str(),
            "approvalStatus": client.snapshot().approval.status().map(client_domain::client::ApprovalStatus::name),
            "requestDate": stamp.at.to_string(),
        }));
        ("Customer approval requested successfully.".to_owned(), data)
    }
}
