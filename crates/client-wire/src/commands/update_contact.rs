use client_app::commands::UpdateClient;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::client::DetailsPatch;
use client_domain::value::{
    AccountOfficerId, AddressLine, Country, EmailAddress, MaritalStatus, PersonName, PhoneNumber, PlaceName,
};
use serde_json::{Map, Value, json};

use super::client_ref::client;
use super::operation::{CommandOperation, Request, with_withdrawal};
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::reply::members;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "UpdateContactCommand",
    kind: OperationKind::Command,
    about: "Changes details of a client; what is absent stays, null empties an optional field.",
    permission: Permission::Write,
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::settable("firstName", shape::NAME, "The first name, in any script."),
        FieldSpec::settable("lastName", shape::NAME, "The last name, in any script."),
        FieldSpec::clearable("middleName", shape::NAME, "The middle name."),
        FieldSpec::settable("emailAddress", Shape::Email, "The e-mail address."),
        FieldSpec::settable(
            "phoneNumber",
            shape::PHONE,
            "8 to 15 digits; blanks, hyphens, brackets and a leading + are allowed.",
        ),
        FieldSpec::settable("address", shape::ADDRESS, "Street, house, flat."),
        FieldSpec::settable("city", shape::PLACE, "Town or city."),
        FieldSpec::settable("state", shape::PLACE, "State, province or region."),
        FieldSpec::settable("country", shape::COUNTRY, "A country's English name or its ISO 3166 code."),
        FieldSpec::clearable("maritalStatus", shape::MARITAL, "1 Single, 2 Married, 3 Divorced, 4 Widowed."),
        FieldSpec::clearable("accountOfficerId", shape::OFFICER, "The officer who looks after the client."),
    ],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("lastModified", Shape::DateTime, "When the client was last written."),
        field::NEW_VERSION,
        FieldSpec::required("changedFields", shape::NAMES, "The fields that have another value now."),
        field::WITHDRAWN,
        FieldSpec::sometimes("warnings", shape::OBJECTS, "Duplicates that the bank's settings only warn of."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::CannotBeCleared,
        Code::NothingToUpdate,
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::DuplicateEmail,
        Code::DuplicatePhone,
        Code::StaleVersion,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "city": "Abuja", "state": "FCT", "middleName": null }"#,
};

pub(crate) static OPERATION: CommandOperation =
    CommandOperation { spec: &SPEC, parse, message: "Contact updated successfully.", reply, fresh: &[] };

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let patch = DetailsPatch {
        first_name: form.set("firstName", PersonName::parse),
        last_name: form.set("lastName", PersonName::parse),
        middle_name: form.patch("middleName", PersonName::parse),
        email: form.set("emailAddress", EmailAddress::parse),
        phone: form.set("phoneNumber", PhoneNumber::parse),
        address: form.set("address", AddressLine::parse),
        city: form.set("city", PlaceName::parse),
        state: form.set("state", PlaceName::parse),
        country: form.set("country", Country::parse),
        marital_status: form.patch_integer("maritalStatus", MaritalStatus::from_number),
        account_officer: form.patch_integer("accountOfficerId", AccountOfficerId::new),
    };
    if patch.is_empty() && !form.has_any_except(&["contactEncodedKey", "customerNumber"]) {
        form.fail_whole(Item::new(Code::NothingToUpdate, "The update names no field that can be updated."));
    }
    let command = client.map(|client| UpdateClient { client, patch });
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    let changed = decided.event.into_iter().flat_map(|event| &event.changed);
    let data = members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "lastModified": decided.client.snapshot().modified_at.to_string(),
        "version": decided.client.version().get(),
        "changedFields": changed.map(|field| field.name()).collect::<Vec<_>>(),
    }));
    with_withdrawal(data, decided)
}
