use client_app::Plan;
use client_app::commands::CorrectClient;
use client_domain::Permission;
use client_domain::client::Correction;
use client_domain::reason::ReasonedOperation;
use client_domain::value::{
    BirthDate, BranchKey, CustomerType, Gender, IdentificationNumber, IdentificationType, Reason,
};

use super::client_ref::client;
use super::operation::{CommandOperation, Request};
use super::reason_code::{REASON_CODE, reason_code};
use super::update_contact::{UPDATED, reply};
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "CorrectContactCommand",
    kind: OperationKind::Command,
    about: "Corrects what UpdateContactCommand cannot change: at once while the client is pending approval; once it is \
            approved, the values wait in an amendment for a second person.",
    permission: Some(Permission::Write),
    fields: &[
        field::KEY,
        field::NUMBER,
        field::REASON,
        REASON_CODE,
        FieldSpec::settable("dateOfBirth", Shape::Date, "From 1900-01-01 to today."),
        FieldSpec::settable("gender", shape::GENDER, "The gender as in the identification document."),
        FieldSpec::settable("identificationType", shape::ID_TYPE, "The type of the identification document."),
        FieldSpec::settable(
            "identificationNumber",
            shape::ID_NUMBER,
            "The number of the identification document.",
        ),
        FieldSpec::settable("customerType", shape::CUSTOMER_TYPE, "Individual or Corporate."),
        FieldSpec::settable("branchEncodedKey", shape::BRANCH, "The branch."),
    ],
    reply: UPDATED,
    refusals: &[
        Code::CannotBeCleared,
        Code::NothingToUpdate,
        Code::UnknownReasonCode,
        Code::UnknownBranch,
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::AmendmentOpen,
        Code::DuplicateIdentification,
        Code::StaleVersion,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "dateOfBirth": "1991-04-24", "reason": "Typed wrongly at the counter." }"#,
};

pub(crate) static OPERATION: CommandOperation =
    CommandOperation { spec: &SPEC, parse, message: "Contact corrected successfully.", reply, fresh: &[] };

/// Reads corrected values.
pub(super) fn correction(form: &mut Form<'_>, request: &Request<'_>) -> Correction {
    let today = request.today();
    Correction {
        birth_date: form.set("dateOfBirth", |raw| BirthDate::parse(raw, today)),
        gender: form.set("gender", Gender::parse),
        identification_type: form.set("identificationType", IdentificationType::parse),
        identification_number: form.set("identificationNumber", IdentificationNumber::parse),
        customer_type: form.set("customerType", CustomerType::parse),
        branch: form.set("branchEncodedKey", BranchKey::parse),
    }
}

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let reason = form.required("reason", Reason::parse);
    let code = reason_code(&mut form, request, ReasonedOperation::Correct);
    let correction = correction(&mut form, request);
    if correction.is_empty()
        && !form.has_any_except(&["contactEncodedKey", "customerNumber", "reason", "reasonCode"])
    {
        form.fail_whole(Item::new(
            Code::NothingToUpdate,
            "The correction names no field that can be corrected.",
        ));
    }
    let command = || Some(CorrectClient { client: client?, correction, reason: reason?, code });
    let command = command();
    request.plan(form.finish(command)?)
}
