//! A client as an answer shows it.

use client_app::ports::ClientSummary;
use client_app::queries::ClientDetails;
use client_domain::client::ApprovalStatus;
use client_domain::kyc::KycStatus;
use client_domain::lifecycle::Operation;
use client_domain::value::MaritalStatus;
use client_domain::{ClientState, Permission};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

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
        "The phone number, in E.164 form where it was given with a +.",
    ),
    FieldSpec::required("dateOfBirth", Shape::DateTime, "The day of birth, as its midnight in UTC."),
    FieldSpec::required("gender", shape::GENDER, "The gender in the papers."),
    FieldSpec::nullable("maritalStatus", shape::MARITAL, "The number of the marital status."),
    FieldSpec::nullable("maritalStatusDescription", shape::ANY_TEXT, "The marital status in words."),
    FieldSpec::required("address", shape::ADDRESS, "Street, house, flat."),
    FieldSpec::required("city", shape::PLACE, "Town or city."),
    FieldSpec::required("state", shape::PLACE, "State, province or region."),
    FieldSpec::required("country", shape::COUNTRY, "The country's English name."),
    FieldSpec::required("identificationType", shape::ID_TYPE, "The kind of the identifying paper."),
    FieldSpec::required("identificationNumber", shape::ID_NUMBER, "The number on the identifying paper."),
    FieldSpec::required("customerType", shape::CUSTOMER_TYPE, "Person or company."),
    field::STATE,
    field::STATE_DESCRIPTION,
    FieldSpec::required("isBlacklisted", Shape::Flag, "Whether the client is barred."),
    FieldSpec::nullable("branchId", shape::COUNT, "The number of the branch, where the directory knows it."),
    FieldSpec::nullable("branchEncodedKey", shape::BRANCH, "The key of the branch."),
    FieldSpec::nullable(
        "branchName",
        shape::ANY_TEXT,
        "The name of the branch, where the directory knows it.",
    ),
    FieldSpec::nullable("accountOfficerId", shape::OFFICER, "The officer who looks after the client."),
    FieldSpec::nullable(
        "accountOfficerName",
        shape::ANY_TEXT,
        "The officer's name, where the directory knows it.",
    ),
    FieldSpec::required("dateCreated", Shape::DateTime, "When the client was onboarded."),
    FieldSpec::required("lastModified", Shape::DateTime, "When the client was last written."),
    field::VERSION,
    FieldSpec::nullable(
        "approvalStatus",
        shape::APPROVAL,
        "How far the review has come; null before anybody asked.",
    ),
    FieldSpec::required(
        "kycStatus",
        KYC_STATUS,
        "What is to be said of everything that was handed in, by what the bank demands.",
    ),
    FieldSpec::required(
        "allowedActions",
        shape::NAMES,
        "What this caller could do with the client now: what RetrieveContactActionsQuery says is allowed.",
    ),
];

pub(crate) const KYC_STATUS: Shape = Shape::Choice(KycStatus::NAMES);

/// A client with all of its members. An unknown value is null, and no member is omitted.
pub(crate) fn client_json(shown: ClientDetails) -> Value {
    let ClientDetails { client, branch, officer, kyc_status, allowed } = shown;
    let snapshot = client.snapshot();
    let details = &snapshot.details;
    let postal = &details.postal_address;
    let (branch_id, branch_name) = branch.map_or((None, None), |branch| (branch.id, Some(branch.name)));
    json!({
        "id": snapshot.id.get(),
        "encodedKey": snapshot.key.as_str(),
        "customerNumber": client.customer_number().to_string(),
        "firstName": details.first_name.as_str(),
        "lastName": details.last_name.as_str(),
        "middleName": details.middle_name.as_ref().map(|name| name.as_str()),
        "emailAddress": details.email.as_str(),
        "phoneNumber": details.phone.as_str(),
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
        "allowedActions": allowed.into_iter().map(Operation::name).collect::<Vec<_>>(),
    })
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
    FieldSpec::required("isBlacklisted", Shape::Flag, "Whether the client is barred."),
    field::STATE,
    field::STATE_DESCRIPTION,
    FieldSpec::nullable("branchEncodedKey", shape::BRANCH, "The key of the branch."),
    FieldSpec::required("dateCreated", Shape::DateTime, "When the client was onboarded."),
    FieldSpec::required("lastModified", Shape::DateTime, "When the client was last written."),
    field::VERSION,
];

/// A client as a list shows it.
pub(crate) fn summary_json(client: &ClientSummary) -> Value {
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
