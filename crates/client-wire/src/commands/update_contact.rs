use client_app::commands::UpdateClient;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::client::{ClientField, DetailsPatch};
use client_domain::value::{
    AccountOfficerId, AddressLine, Country, EmailAddress, MaritalStatus, PersonName, PlaceName,
};
use serde_json::{Map, Value, json};

use super::client_ref::client;
use super::operation::{CommandOperation, Request, with_withdrawal};
use super::phone_number;
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::reply::members;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "UpdateContactCommand",
    kind: OperationKind::Command,
    about: "Updates details of a client; absent fields stay, null clears an optional field.",
    permission: Some(Permission::Write),
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
            "International with +, or national; blanks, hyphens, dots, slashes and brackets do not count.",
        ),
        FieldSpec::settable("address", shape::ADDRESS, "Street, house number, flat."),
        FieldSpec::settable("city", shape::PLACE, "The city or town."),
        FieldSpec::settable("state", shape::PLACE, "The state, province or region."),
        FieldSpec::settable("country", shape::COUNTRY, "The English name or the ISO 3166 code of a country."),
        FieldSpec::clearable("maritalStatus", shape::MARITAL, "1 Single, 2 Married, 3 Divorced, 4 Widowed."),
        FieldSpec::clearable("accountOfficerId", shape::OFFICER, "The account officer of the client."),
    ],
    reply: UPDATED,
    refusals: &[
        Code::CannotBeCleared,
        Code::NothingToUpdate,
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::AmendmentOpen,
        Code::DuplicateEmail,
        Code::DuplicatePhone,
        Code::StaleVersion,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "city": "Abuja", "state": "FCT", "middleName": null }"#,
};

/// The answer to an update and to a correction.
pub(crate) const UPDATED: &[FieldSpec] = &[
    field::KEY_ANSWER,
    FieldSpec::required("lastModified", Shape::DateTime, "The time of the last change."),
    field::NEW_VERSION,
    FieldSpec::required("changedFields", shape::NAMES, "The fields whose value has changed."),
    FieldSpec::sometimes(
        "amendmentId",
        shape::AMENDMENT_ID,
        "The amendment in which values wait for a second person; absent in a dry run.",
    ),
    FieldSpec::sometimes("pendingFields", shape::NAMES, "The fields whose proposed values wait."),
    field::WITHDRAWN,
    field::WARNINGS,
    field::DRY_RUN,
];

pub(crate) static OPERATION: CommandOperation =
    CommandOperation { spec: &SPEC, parse, message: "Contact updated successfully.", reply, fresh: &[] };

/// Reads changed details.
pub(super) fn patch(form: &mut Form<'_>, request: &Request<'_>) -> DetailsPatch {
    DetailsPatch {
        first_name: form.set("firstName", PersonName::parse),
        last_name: form.set("lastName", PersonName::parse),
        middle_name: form.patch("middleName", PersonName::parse),
        email: form.set("emailAddress", EmailAddress::parse),
        phone: phone_number::set(form, request.numbering()),
        address: form.set("address", AddressLine::parse),
        city: form.set("city", PlaceName::parse),
        state: form.set("state", PlaceName::parse),
        country: form.set("country", Country::parse),
        marital_status: form.patch_integer("maritalStatus", MaritalStatus::from_number),
        account_officer: form.patch_integer("accountOfficerId", AccountOfficerId::new),
    }
}

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let patch = patch(&mut form, request);
    if patch.is_empty() && !form.has_any_except(&["contactEncodedKey", "customerNumber"]) {
        form.fail_whole(Item::new(Code::NothingToUpdate, "The update names no field that can be updated."));
    }
    let command = client.map(|client| UpdateClient { client, patch });
    request.plan(form.finish(command)?)
}

pub(super) fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    // That evidence became outdated is KYC information, which the history and the events have.
    let is_shown = |field: &&ClientField| {
        !matches!(
            field,
            ClientField::IdentityDocuments
                | ClientField::AddressInformation
                | ClientField::MobileVerification
                | ClientField::EmailVerification
        )
    };
    let changed = decided.event.into_iter().flat_map(|event| &event.changed).filter(is_shown);
    let mut data = members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "lastModified": decided.client.snapshot().modified_at.to_string(),
        "version": decided.client.version().get(),
        "changedFields": changed.map(|field| field.name()).collect::<Vec<_>>(),
    }));
    if let Some(amendment) = decided.proposal() {
        let pending = decided.proposed.iter().map(|value| value.field().name());
        // A dry run proposes nothing.
        if !decided.dry_run {
            data.insert("amendmentId".to_owned(), amendment.to_string().into());
        }
        data.insert("pendingFields".to_owned(), pending.collect());
    }
    with_withdrawal(data, decided)
}
