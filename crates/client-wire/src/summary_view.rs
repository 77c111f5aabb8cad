//! A client as a list shows it.

use client_app::ports::ClientSummary;
use client_domain::ClientState;
use jiff::Timestamp;
use serde::Serialize;

use crate::displayed::Displayed;
use crate::spec::{FieldSpec, Shape};
use crate::{field, shape};

/// The members of [`SummaryMembers`].
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

/// A client as a list shows it, perhaps found by a former name; its members are in alphabetical order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummaryMembers<'a> {
    branch_encoded_key: Option<&'a str>,
    client_state: u8,
    client_state_description: &'static str,
    contact_encoded_key: &'a str,
    customer_number: String,
    date_created: Displayed<Timestamp>,
    email_address: &'a str,
    first_name: &'a str,
    found_by_former_name: bool,
    id: i64,
    is_blacklisted: bool,
    last_modified: Displayed<Timestamp>,
    last_name: &'a str,
    phone_number: &'a str,
    version: u64,
}

impl<'a> SummaryMembers<'a> {
    pub(crate) fn new(client: &'a ClientSummary, by_former_name: bool) -> Self {
        Self {
            branch_encoded_key: client.branch.as_ref().map(|key| key.as_str()),
            client_state: client.state.number(),
            client_state_description: client.state.description(),
            contact_encoded_key: client.key.as_str(),
            customer_number: client.id.customer_number().to_string(),
            date_created: Displayed(client.created_at),
            email_address: client.email.as_str(),
            first_name: client.first_name.as_str(),
            found_by_former_name: by_former_name,
            id: client.id.get(),
            is_blacklisted: client.state == ClientState::BlackListed,
            last_modified: Displayed(client.modified_at),
            last_name: client.last_name.as_str(),
            phone_number: client.phone.as_str(),
            version: client.version.get(),
        }
    }
}
