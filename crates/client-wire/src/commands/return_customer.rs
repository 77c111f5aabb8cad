use client_app::commands::ReturnClient;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::reason::ReasonedOperation;
use client_domain::value::{Notes, Reason};
use serde_json::{Map, Value};

use super::client_ref::client;
use super::operation::{CommandOperation, Request};
use super::reason_code::{REASON_CODE, reason_code};
use super::{correct_contact, create_contact, update_contact};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ReturnCustomerCommand",
    kind: OperationKind::Command,
    about: "Applies again for an exited client, as a new client, pending approval, that is linked to it. The values of the \
            client are copied, except for those that are sent; documents, address information and verifications are not. \
            If the client was blacklisted when it exited, customers.blacklist is required too.",
    permission: Some(Permission::Write),
    fields: &[
        field::KEY,
        field::NUMBER,
        field::REASON,
        REASON_CODE,
        field::NOTES,
        FieldSpec::settable("firstName", shape::NAME, "The first name, in any script."),
        FieldSpec::settable("lastName", shape::NAME, "The last name, in any script."),
        FieldSpec::clearable("middleName", shape::NAME, "The middle name."),
        FieldSpec::settable("emailAddress", Shape::Email, "The e-mail address."),
        FieldSpec::settable(
            "phoneNumber",
            shape::PHONE,
            "International with +, or national; blanks, hyphens, dots, slashes and brackets do not count.",
        ),
        FieldSpec::settable("address", shape::ADDRESS, "Street, house number, flat."),
        FieldSpec::settable("city", shape::PLACE, "The city or town."),
        FieldSpec::settable("state", shape::PLACE, "The state, province or region."),
        FieldSpec::settable("country", shape::COUNTRY, "The English name or the ISO 3166 code of a country."),
        FieldSpec::clearable("maritalStatus", shape::MARITAL, "1 Single, 2 Married, 3 Divorced, 4 Widowed."),
        FieldSpec::clearable("accountOfficerId", shape::OFFICER, "The account officer of the client."),
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
    reply: &[
        FieldSpec::nullable("contactEncodedKey", shape::KEY, "The key of the new client; null in a dry run."),
        FieldSpec::nullable("id", shape::NUMBER, "The running number; null in a dry run."),
        FieldSpec::nullable("customerNumber", shape::KEY, "The customer number; null in a dry run."),
        FieldSpec::required("formerContactEncodedKey", shape::KEY, "The key of the exited client."),
        field::STATE,
        field::STATE_DESCRIPTION,
        FieldSpec::required("dateCreated", Shape::DateTime, "The time of creation."),
        field::NEW_VERSION,
        field::WARNINGS,
        field::DRY_RUN,
    ],
    refusals: &[
        Code::CannotBeCleared,
        Code::UnknownReasonCode,
        Code::UnknownBranch,
        Code::UnknownOfficer,
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::AlreadyReturned,
        Code::DuplicateIdentification,
        Code::DuplicateEmail,
        Code::DuplicatePhone,
        Code::StaleVersion,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "reason": "Back from abroad.", "city": "Abuja", "state": "FCT" }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Customer returned successfully.",
    reply,
    fresh: create_contact::OPERATION.fresh,
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let reason = form.required("reason", Reason::parse);
    let code = reason_code(&mut form, request, ReasonedOperation::Return);
    let notes = form.optional("notes", Notes::parse);
    let patch = update_contact::patch(&mut form, request);
    let correction = correct_contact::correction(&mut form, request);
    let command = || Some(ReturnClient { client: client?, patch, correction, reason: reason?, code, notes });
    let command = command();
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    let mut data = create_contact::reply(decided);
    let former = decided.client.snapshot().former_client.as_ref().map(|key| key.as_str());
    data.insert("formerContactEncodedKey".to_owned(), former.into());
    data
}
