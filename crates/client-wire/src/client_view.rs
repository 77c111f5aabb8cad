//! A client as an answer shows it.

use client_app::ports::ClientSummary;
use client_app::queries::{ClientDetails, ClientRow};
use client_domain::client::ApprovalStatus;
use client_domain::kyc::KycStatus;
use client_domain::lifecycle::Operation;
use client_domain::value::MaritalStatus;
use client_domain::{ClientState, Permission};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::reply::members;
use crate::spec::{FieldSpec, Shape};
use crate::{field, shape};

/// The members of [`client_json`].
pub(crate) const CLIENT: &[FieldSpec] = &[
    FieldSpec::required("id", shape::NUMBER, "The running number."),
    FieldSpec::required("encodedKey", shape::KEY, "The key of the client."),
    FieldSpec::required("customerNumber", shape::KEY, "The customer number."),
    FieldSpec::required("firstName", shape::NAME, "The first name."),
    FieldSpec::required("lastName", shape::NAME, "The last name."),
    FieldSpec::nullable("middleName", shape::NAME, "The middle name."),
    FieldSpec::required("emailAddress", Shape::Email, "The e-mail address."),
    FieldSpec::required(
        "phoneNumber",
        shape::PHONE,
        "The phone number, in E.164 form if its country is known, else its digits.",
    ),
    FieldSpec::nullable(
        "phoneNumberAsEntered",
        shape::PHONE,
        "The phone number as it was entered; null if that is phoneNumber, or was not kept.",
    ),
    FieldSpec::required("dateOfBirth", Shape::DateTime, "The date of birth, as midnight UTC."),
    FieldSpec::required("gender", shape::GENDER, "The gender as in the identification document."),
    FieldSpec::nullable("maritalStatus", shape::MARITAL, "The number of the marital status."),
    FieldSpec::nullable("maritalStatusDescription", shape::ANY_TEXT, "The marital status in words."),
    FieldSpec::required("address", shape::ADDRESS, "Street, house number, flat."),
    FieldSpec::required("city", shape::PLACE, "The city or town."),
    FieldSpec::required("state", shape::PLACE, "The state, province or region."),
    FieldSpec::required("country", shape::COUNTRY, "The country's English name."),
    FieldSpec::required("identificationType", shape::ID_TYPE, "The type of the identification document."),
    FieldSpec::required(
        "identificationNumber",
        shape::ID_NUMBER,
        "The number of the identification document.",
    ),
    FieldSpec::required("customerType", shape::CUSTOMER_TYPE, "Individual or Corporate."),
    field::STATE,
    field::STATE_DESCRIPTION,
    FieldSpec::required("isBlacklisted", Shape::Flag, "Whether the client is blacklisted."),
    FieldSpec::nullable(
        "formerContactEncodedKey",
        shape::KEY,
        "The exited client that this one was before it returned; null if it is new.",
    ),
    FieldSpec::nullable(
        "returnedAsContactEncodedKey",
        shape::KEY,
        "The client as which this exited one has returned, unless that application was rejected.",
    ),
    FieldSpec::nullable("branchId", shape::COUNT, "The number of the branch, if the directory has it."),
    FieldSpec::nullable("branchEncodedKey", shape::BRANCH, "The key of the branch."),
    FieldSpec::nullable("branchName", shape::ANY_TEXT, "The name of the branch, if the directory has it."),
    FieldSpec::nullable("accountOfficerId", shape::OFFICER, "The account officer of the client."),
    FieldSpec::nullable(
        "accountOfficerName",
        shape::ANY_TEXT,
        "The account officer's name, if the directory has it.",
    ),
    FieldSpec::required("dateCreated", Shape::DateTime, "The time of creation."),
    FieldSpec::required("lastModified", Shape::DateTime, "The time of the last change."),
    field::VERSION,
    FieldSpec::nullable(
        "approvalStatus",
        shape::APPROVAL,
        "The status of the approval; null before the first request.",
    ),
    FieldSpec::required("kycStatus", KYC_STATUS, "The KYC status of the client under the bank's policy."),
    FieldSpec::required(
        "allowedActions",
        shape::NAMES,
        "The operations that this caller can perform on the client now, as in RetrieveContactActionsQuery.",
    ),
];

pub(crate) const KYC_STATUS: Shape = Shape::Choice(KycStatus::NAMES);

/// A client with all of its members. An unknown value is null, and no member is omitted.
pub(crate) fn client_json(shown: ClientDetails) -> Value {
    let ClientDetails { client, returned_as, branch, officer, kyc_status, allowed } = shown;
    let mut shown = row_json(ClientRow { client, returned_as, branch, officer, kyc_status });
    let allowed = allowed.into_iter().map(Operation::name).collect();
    shown.insert("allowedActions".to_owned(), allowed);
    Value::Object(shown)
}

/// A client with all of its members but those that depend on the caller.
pub(crate) fn row_json(shown: ClientRow) -> Map<String, Value> {
    let ClientRow { client, returned_as, branch, officer, kyc_status } = shown;
    let snapshot = client.snapshot();
    let details = &snapshot.details;
    let postal = &details.postal_address;
    let (branch_id, branch_name) = branch.map_or((None, None), |branch| (branch.id, Some(branch.name)));
    members(json!({
        "id": snapshot.id.get(),
        "encodedKey": snapshot.key.as_str(),
        "customerNumber": client.customer_number().to_string(),
        "firstName": details.first_name.as_str(),
        "lastName": details.last_name.as_str(),
        "middleName": details.middle_name.as_ref().map(|name| name.as_str()),
        "emailAddress": details.email.as_str(),
        "phoneNumber": details.phone.as_str(),
        "phoneNumberAsEntered": details.phone.entered(),
        "dateOfBirth": snapshot.birth_date.get().to_zoned_datetime(TimeZone::UTC).map(|day| day.timestamp().to_string()).ok(),
        "gender": snapshot.gender.name(),
        "maritalStatus": details.marital_status.map(MaritalStatus::number),
        "maritalStatusDescription": details.marital_status.map(MaritalStatus::name),
        "address": postal.address.as_str(),
        "city": postal.city.as_str(),
        "state": postal.state.as_str(),
        "country": postal.country.name(),
        "identificationType": snapshot.identification.kind.as_str(),
        "identificationNumber": snapshot.identification.number.as_str(),
        "customerType": snapshot.customer_type.name(),
        "clientState": snapshot.state.number(),
        "clientStateDescription": snapshot.state.description(),
        "isBlacklisted": client.is_blacklisted(),
        "formerContactEncodedKey": snapshot.former_client.as_ref().map(|key| key.as_str()),
        "returnedAsContactEncodedKey": returned_as.as_ref().map(|key| key.as_str()),
        "branchId": branch_id,
        "branchEncodedKey": snapshot.branch.as_ref().map(|key| key.as_str()),
        "branchName": branch_name,
        "accountOfficerId": details.account_officer.map(client_domain::value::AccountOfficerId::get),
        "accountOfficerName": officer,
        "dateCreated": snapshot.created.at.to_string(),
        "lastModified": snapshot.modified_at.to_string(),
        "version": snapshot.version.get(),
        "approvalStatus": snapshot.approval.status().map(ApprovalStatus::name),
        "kycStatus": kyc_status.name(),
    }))
}

/// The members of [`summary_json`].
pub(crate) const SUMMARY: &[FieldSpec] = &[
    field::KEY_ANSWER,
    FieldSpec::required("id", shape::NUMBER, "The running number."),
    FieldSpec::required("customerNumber", shape::KEY, "The customer number."),
    FieldSpec::required("firstName", shape::NAME, "The first name."),
    FieldSpec::required("lastName", shape::NAME, "The last name."),
    FieldSpec::required("emailAddress", Shape::Email, "The e-mail address."),
    FieldSpec::required("phoneNumber", shape::PHONE, "The phone number."),
    FieldSpec::required("isBlacklisted", Shape::Flag, "Whether the client is blacklisted."),
    field::STATE,
    field::STATE_DESCRIPTION,
    FieldSpec::nullable("branchEncodedKey", shape::BRANCH, "The key of the branch."),
    FieldSpec::required("dateCreated", Shape::DateTime, "The time of creation."),
    FieldSpec::required("lastModified", Shape::DateTime, "The time of the last change."),
    field::VERSION,
    FieldSpec::required(
        "foundByFormerName",
        Shape::Flag,
        "Whether only a former name of the client matches. The history has that name, for callers who may see its values.",
    ),
];

/// A client as a list shows it, perhaps found by a former name.
pub(crate) fn summary_json(client: &ClientSummary, by_former_name: bool) -> Value {
    json!({
        "contactEncodedKey": client.key.as_str(),
        "id": client.id.get(),
        "customerNumber": client.id.customer_number().to_string(),
        "firstName": client.first_name.as_str(),
        "lastName": client.last_name.as_str(),
        "emailAddress": client.email.as_str(),
        "phoneNumber": client.phone.as_str(),
        "isBlacklisted": client.state == ClientState::BlackListed,
        "clientState": client.state.number(),
        "clientStateDescription": client.state.description(),
        "branchEncodedKey": client.branch.as_ref().map(|key| key.as_str()),
        "dateCreated": client.created_at.to_string(),
        "lastModified": client.modified_at.to_string(),
        "version": client.version.get(),
        "foundByFormerName": by_former_name,
    })
}

/// The names of the operations that a state allows.
pub(crate) fn allowed_in(state: ClientState) -> Vec<&'static str> {
    Operation::allowed_in(state).into_iter().map(Operation::name).collect()
}

/// The name of a permission, if there is one.
pub(crate) fn permission_name(permission: Option<Permission>) -> Option<&'static str> {
    permission.map(Permission::name)
}
