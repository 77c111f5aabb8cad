use client_app::commands::VerifyContactPoint;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::client::{ContactPoint, ContactValue};
use client_domain::value::{Reason, TransactionReference};
use serde_json::{Map, Value, json};

use super::client_ref::client;
use super::operation::{CommandOperation, Request};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::members;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

const POINT: Shape = Shape::Choice(ContactPoint::NAMES);
const VALUE: Shape = Shape::Text { min: 1, max: 254 };

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "VerifyContactPointCommand",
    kind: OperationKind::Command,
    about: "Records that the phone number or the e-mail address of a client was verified. When the value changes, the \
            verification is outdated. Who created the client or changed its details does not verify them.",
    permission: Some(Permission::KycReview),
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::required("contactPoint", POINT, "The phone number or the e-mail address."),
        FieldSpec::required(
            "value",
            VALUE,
            "The number or address that was verified. If another one is in force by now, nothing is recorded.",
        ),
        FieldSpec::required("means", shape::REASON, "How it was verified, for the history."),
        FieldSpec::optional("reference", shape::REFERENCE, "The reference of the system that verified it."),
    ],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("contactPoint", POINT, "What was verified."),
        FieldSpec::required(
            "verifiedBy",
            shape::ANY_TEXT,
            "The caller's verified e-mail address, else its subject.",
        ),
        FieldSpec::required("verifiedAt", Shape::DateTime, "When."),
        field::NEW_VERSION,
        field::DRY_RUN,
    ],
    refusals: &[
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::FourEyes,
        Code::ContactPointChanged,
        Code::StaleVersion,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "contactPoint": "mobile", "value": "+234 803 123 4567", "means": "One-time code by SMS." }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Contact point verified successfully.",
    reply,
    fresh: &[],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let point = form.required("contactPoint", ContactPoint::parse);
    // Without the kind the value still has to be there.
    let value = form.required("value", |text| match point {
        Some(ContactPoint::Mobile) => {
            let number = request.numbering().parse(text, None)?;
            Ok(Some(ContactValue::Mobile(number)))
        }
        // The one in force may be one that an earlier release stored.
        Some(ContactPoint::Email) => ContactValue::restore(ContactPoint::Email, text).map(Some),
        None => Ok(None),
    });
    let means = form.required("means", Reason::parse);
    let reference = form.optional("reference", TransactionReference::parse);
    let command = || Some(VerifyContactPoint { client: client?, value: value??, means: means?, reference });
    let command = command();
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    let changed = decided.event.map(|event| event.changed.as_slice()).unwrap_or_default();
    let point = ContactPoint::ALL.into_iter().find(|point| changed.contains(&point.field()));
    members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "contactPoint": point.map(ContactPoint::name),
        "verifiedBy": decided.stamp.by.label(),
        "verifiedAt": decided.stamp.at.to_string(),
        "version": decided.client.version().get(),
    }))
}
