use client_domain::client::{Decision, Transaction};
use client_domain::lifecycle::Facts;
use client_domain::value::TransactionReference;
use client_domain::{Client, ClientEvent, Permission, Refusal, Stamp};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::client;
use crate::command::{ClientCommand, Command};
use crate::form::Form;
use crate::ports::ClientRef;
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field, shape};
use crate::{Code, Failure};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RecordCustomerTransactionCommand",
    kind: Kind::Command,
    about: "Takes note that the ledger saw a transaction: the first one activates an approved client.",
    permission: Permission::Transactions,
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::required("transactionReference", shape::REFERENCE, "The ledger's own reference."),
        FieldSpec::optional(
            "transactionDate",
            Shape::Date,
            "The day of the transaction, as the ledger has it: from 1900-01-01 to tomorrow (UTC).",
        ),
    ],
    reply: &[
        field::KEY_ANSWER,
        field::STATE,
        field::STATE_DESCRIPTION,
        FieldSpec::required("activated", Shape::Flag, "Whether this transaction made the client active."),
        field::DRY_RUN,
    ],
    refusals: &[Code::ClientNotFound, Code::InvalidStatus, Code::StaleVersion],
    example: r#"{ "contactEncodedKey": "CUST1000001", "transactionReference": "TX-2026-000001" }"#,
};

struct RecordTransaction {
    client: ClientRef,
    transaction: Transaction,
}

pub(crate) fn parse(mut form: Form<'_>, now: Timestamp) -> Result<Command, Failure> {
    let client = client(&mut form);
    let reference = form.required("transactionReference", TransactionReference::parse);
    let today = now.to_zoned(TimeZone::UTC).date();
    let date = form.optional("transactionDate", |raw| Transaction::parse_date(raw, today));
    let command = client.zip(reference).map(|(client, reference)| RecordTransaction {
        client,
        transaction: Transaction { reference, date },
    });
    form.finish(command).map(|command| Command::Existing(Box::new(command)))
}

impl ClientCommand for RecordTransaction {
    fn spec(&self) -> &'static OperationSpec {
        &SPEC
    }

    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &Stamp) -> Result<Decision, Refusal> {
        client.record_transaction(self.transaction.clone(), stamp)
    }

    fn reply(
        &self,
        client: &Client,
        event: Option<&ClientEvent>,
        _stamp: &Stamp,
    ) -> (String, Map<String, Value>) {
        let data = crate::reply::members(json!({
            "contactEncodedKey": client.key().as_str(),
            "clientState": client.state().number(),
            "clientStateDescription": client.state().description(),
            "activated": event.is_some(),
        }));
        ("Customer transaction recorded successfully.".to_owned(), data)
    }
}
