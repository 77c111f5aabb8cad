use client_app::commands::SubmitAddress;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::value::{AddressLine, AddressSupplement, Country, PlaceName, PostalCode};
use serde_json::{Map, Value};

use super::client_ref::client;
use super::operation::{CommandOperation, Request, with_withdrawal};
use super::review::address_reply;
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_view::NEW_ADDRESS;
use crate::spec::{FieldSpec, OperationKind, OperationSpec};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "CreateAddressInformationCommand",
    kind: OperationKind::Command,
    about: "Submits address information for review.",
    permission: Some(Permission::KycWrite),
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::required("addressLine1", shape::ADDRESS, "Street and house number."),
        FieldSpec::optional("addressLine2", shape::ADDRESS_SUPPLEMENT, "Flat, floor."),
        FieldSpec::required("city", shape::PLACE, "The city or town."),
        FieldSpec::required("state", shape::PLACE, "The state, province or region."),
        FieldSpec::required("country", shape::COUNTRY, "The English name or the ISO 3166 code of a country."),
        FieldSpec::optional("postalCode", shape::POSTAL_CODE, "The postal code."),
    ],
    reply: NEW_ADDRESS,
    refusals: &[Code::ClientNotFound, Code::InvalidStatus, Code::TooMany, Code::StaleVersion],
    example: r#"{
        "contactEncodedKey": "CUST1000001", "addressLine1": "12 Allen Avenue", "city": "Ikeja",
        "state": "Lagos", "country": "NG", "postalCode": "100271"
    }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Address information created successfully.",
    reply,
    fresh: &["addressId"],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let line1 = form.required("addressLine1", AddressLine::parse);
    let line2 = form.optional("addressLine2", AddressSupplement::parse);
    let city = form.required("city", PlaceName::parse);
    let state = form.required("state", PlaceName::parse);
    let country = form.required("country", Country::parse);
    let postal_code = form.optional("postalCode", PostalCode::parse);
    let command = || {
        let (line1, city, state, country) = (line1?, city?, state?, country?);
        Some(SubmitAddress { client: client?, line1, line2, city, state, country, postal_code })
    };
    let command = command();
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    with_withdrawal(address_reply(decided), decided)
}
