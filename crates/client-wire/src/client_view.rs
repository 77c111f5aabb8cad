//! A client as an answer shows it.

use client_app::Caller;
use client_app::ports::Branch;
use client_app::queries::{ClientDetails, ClientRow};
use client_domain::client::{ApprovalStatus, Client};
use client_domain::kyc::KycStatus;
use client_domain::lifecycle::Operation;
use client_domain::value::{AccountOfficerId, ClientKey, MaritalStatus};
use client_domain::{ClientState, Permission};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::displayed::Displayed;
use crate::reply::members;
use crate::spec::{FieldSpec, Shape};
use crate::{field, shape};

/// The members of a client.
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

/// A client with all of its members, in alphabetical order. An unknown value is null, and no member is omitted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClientMembers<'a> {
    account_officer_id: Option<i64>,
    account_officer_name: Option<&'a str>,
    address: &'a str,
    /// Depends on the caller; a list has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_actions: Option<Vec<&'static str>>,
    approval_status: Option<&'static str>,
    branch_encoded_key: Option<&'a str>,
    branch_id: Option<i64>,
    branch_name: Option<&'a str>,
    city: &'a str,
    client_state: u8,
    client_state_description: &'static str,
    country: &'a str,
    customer_number: String,
    customer_type: &'static str,
    date_created: Displayed<Timestamp>,
    date_of_birth: Option<Displayed<Timestamp>>,
    email_address: &'a str,
    encoded_key: &'a str,
    first_name: &'a str,
    former_contact_encoded_key: Option<&'a str>,
    gender: &'static str,
    id: i64,
    identification_number: &'a str,
    identification_type: &'a str,
    is_blacklisted: bool,
    /// Null for callers who may not read KYC information; [`concealed`](crate::concealed::concealed) makes sure of it.
    kyc_status: Option<&'static str>,
    last_modified: Displayed<Timestamp>,
    last_name: &'a str,
    marital_status: Option<u8>,
    marital_status_description: Option<&'static str>,
    middle_name: Option<&'a str>,
    phone_number: &'a str,
    phone_number_as_entered: Option<&'a str>,
    returned_as_contact_encoded_key: Option<&'a str>,
    state: &'a str,
    version: u64,
}

impl<'a> ClientMembers<'a> {
    /// The client with everything that does not depend on the caller.
    pub(crate) fn of_row(shown: &'a ClientRow, caller: &Caller) -> Self {
        let ClientRow { client, returned_as, branch, officer, kyc_status } = shown;
        let kyc_status = visible(*kyc_status, caller);
        Self::new(client, returned_as.as_ref(), branch.as_ref(), officer.as_deref(), kyc_status)
    }

    /// The client with what this caller can do with it.
    pub(crate) fn of_details(shown: &'a ClientDetails, caller: &Caller) -> Self {
        let ClientDetails { client, returned_as, branch, officer, kyc_status, allowed } = shown;
        let allowed = allowed.iter().copied().map(Operation::name).collect();
        let kyc_status = visible(*kyc_status, caller);
        let view = Self::new(client, returned_as.as_ref(), branch.as_ref(), officer.as_deref(), kyc_status);
        Self { allowed_actions: Some(allowed), ..view }
    }

    fn new(
        client: &'a Client,
        returned_as: Option<&'a ClientKey>,
        branch: Option<&'a Branch>,
        officer: Option<&'a str>,
        kyc_status: Option<KycStatus>,
    ) -> Self {
        let snapshot = client.snapshot();
        let details = &snapshot.details;
        let postal = &details.postal_address;
        let birth = snapshot.birth_date.get().to_zoned_datetime(TimeZone::UTC).ok();
        Self {
            account_officer_id: details.account_officer.map(AccountOfficerId::get),
            account_officer_name: officer,
            address: postal.address.as_str(),
            allowed_actions: None,
            approval_status: snapshot.approval.status().map(ApprovalStatus::name),
            branch_encoded_key: snapshot.branch.as_ref().map(|key| key.as_str()),
            branch_id: branch.and_then(|branch| branch.id),
            branch_name: branch.map(|branch| branch.name.as_str()),
            city: postal.city.as_str(),
            client_state: snapshot.state.number(),
            client_state_description: snapshot.state.description(),
            country: postal.country.name(),
            customer_number: client.customer_number().to_string(),
            customer_type: snapshot.customer_type.name(),
            date_created: Displayed(snapshot.created.at),
            date_of_birth: birth.map(|day| Displayed(day.timestamp())),
            email_address: details.email.as_str(),
            encoded_key: snapshot.key.as_str(),
            first_name: details.first_name.as_str(),
            former_contact_encoded_key: snapshot.former_client.as_ref().map(|key| key.as_str()),
            gender: snapshot.gender.name(),
            id: snapshot.id.get(),
            identification_number: snapshot.identification.number.as_str(),
            identification_type: snapshot.identification.kind.as_str(),
            is_blacklisted: client.is_blacklisted(),
            kyc_status: kyc_status.map(KycStatus::name),
            last_modified: Displayed(snapshot.modified_at),
            last_name: details.last_name.as_str(),
            marital_status: details.marital_status.map(MaritalStatus::number),
            marital_status_description: details.marital_status.map(MaritalStatus::name),
            middle_name: details.middle_name.as_ref().map(|name| name.as_str()),
            phone_number: details.phone.as_str(),
            phone_number_as_entered: details.phone.entered(),
            returned_as_contact_encoded_key: returned_as.map(|key| key.as_str()),
            state: postal.state.as_str(),
            version: snapshot.version.get(),
        }
    }
}

/// A client with all of its members but those that depend on the caller.
pub(crate) fn row_json(shown: &ClientRow, caller: &Caller) -> Map<String, Value> {
    members(json!(ClientMembers::of_row(shown, caller)))
}

fn visible(status: KycStatus, caller: &Caller) -> Option<KycStatus> {
    Some(status).filter(|_| caller.may(Permission::KycRead))
}

/// The names of the operations that a state allows.
pub(crate) fn allowed_in(state: ClientState) -> Vec<&'static str> {
    Operation::allowed_in(state).into_iter().map(Operation::name).collect()
}

/// The name of a permission, if there is one.
pub(crate) fn permission_name(permission: Option<Permission>) -> Option<&'static str> {
    permission.map(Permission::name)
}
