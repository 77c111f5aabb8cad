use client_app::commands::CreateClient;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::client::Details;
use client_domain::value::{
    AccountOfficerId, AddressLine, BirthDate, BranchKey, Country, CustomerType, EmailAddress, Gender,
    Identification, IdentificationNumber, IdentificationType, MaritalStatus, PersonName, PlaceName,
    PostalAddress,
};
use serde_json::{Map, Value, json};

use super::operation::{CommandOperation, Request};
use super::phone_number;
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::members;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "CreateContactCommand",
    kind: OperationKind::Command,
    about: "Creates a client, pending approval.",
    permission: Some(Permission::Write),
    fields: &[
        FieldSpec::required("firstName", shape::NAME, "The first name, in any script."),
        FieldSpec::required("lastName", shape::NAME, "The last name, in any script."),
        FieldSpec::optional("middleName", shape::NAME, "The middle name."),
        FieldSpec::required("emailAddress", Shape::Email, "The e-mail address."),
        FieldSpec::required(
            "phoneNumber",
            shape::PHONE,
            "International with +, or national; blanks, hyphens, dots, slashes and brackets do not count.",
        ),
        FieldSpec::required("dateOfBirth", Shape::Date, "From 1900-01-01 to today."),
        FieldSpec::required("gender", shape::GENDER, "The gender as in the identification document."),
        FieldSpec::required("address", shape::ADDRESS, "Street, house number, flat."),
        FieldSpec::required("city", shape::PLACE, "The city or town."),
        FieldSpec::required("state", shape::PLACE, "The state, province or region."),
        FieldSpec::required("country", shape::COUNTRY, "The English name or the ISO 3166 code of a country."),
        FieldSpec::required("identificationType", shape::ID_TYPE, "The type of the identification document."),
        FieldSpec::required(
            "identificationNumber",
            shape::ID_NUMBER,
            "The number of the identification document.",
        ),
        FieldSpec::optional("customerType", shape::CUSTOMER_TYPE, "Individual by default."),
        FieldSpec::optional("branchEncodedKey", shape::BRANCH, "The branch; by default the caller's own."),
        FieldSpec::optional("maritalStatus", shape::MARITAL, "1 Single, 2 Married, 3 Divorced, 4 Widowed."),
        FieldSpec::optional("accountOfficerId", shape::OFFICER, "The account officer of the client."),
    ],
    reply: &[
        FieldSpec::nullable("contactEncodedKey", shape::KEY, "The key of the new client; null in a dry run."),
        FieldSpec::nullable("id", shape::NUMBER, "The running number; null in a dry run."),
        FieldSpec::nullable("customerNumber", shape::KEY, "The customer number; null in a dry run."),
        field::STATE,
        field::STATE_DESCRIPTION,
        FieldSpec::required("dateCreated", Shape::DateTime, "The time of creation."),
        field::NEW_VERSION,
        field::WARNINGS,
        field::DRY_RUN,
    ],
    refusals: &[
        Code::HeaderNotApplicable,
        Code::DuplicateIdentification,
        Code::DuplicateEmail,
        Code::DuplicatePhone,
    ],
    example: r#"{
        "firstName": "Adaeze", "lastName": "Okafor", "emailAddress": "adaeze.okafor@example.com",
        "phoneNumber": "+234 803 123 4567", "dateOfBirth": "1991-04-23", "gender": "Female",
        "address": "12 Allen Avenue", "city": "Ikeja", "state": "Lagos", "country": "Nigeria",
        "identificationType": "International Passport", "identificationNumber": "A01234567",
        "customerType": "Individual", "branchEncodedKey": "ikeja-01"
    }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Contact created successfully.",
    reply,
    fresh: &["contactEncodedKey", "id", "customerNumber"],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let command = read(&mut form, request);
    request.plan(form.finish(command)?)
}

/// Reads all fields before it uses any of them, so that all errors are found.
fn read(form: &mut Form<'_>, request: &Request<'_>) -> Option<CreateClient> {
    let today = request.today();
    let first_name = form.required("firstName", PersonName::parse);
    let last_name = form.required("lastName", PersonName::parse);
    let middle_name = form.optional("middleName", PersonName::parse);
    let email = form.required("emailAddress", EmailAddress::parse);
    let phone = phone_number::required(form, request.numbering());
    let birth_date = form.required("dateOfBirth", |raw| BirthDate::parse(raw, today));
    let gender = form.required("gender", Gender::parse);
    let address = form.required("address", AddressLine::parse);
    let city = form.required("city", PlaceName::parse);
    let state = form.required("state", PlaceName::parse);
    let country = form.required("country", Country::parse);
    let identification_type = form.required("identificationType", IdentificationType::parse);
    let identification_number = form.required("identificationNumber", IdentificationNumber::parse);
    let customer_type = form.optional("customerType", CustomerType::parse);
    let branch = form.optional("branchEncodedKey", BranchKey::parse);
    let marital_status = form.integer("maritalStatus", MaritalStatus::from_number);
    let account_officer = form.integer("accountOfficerId", AccountOfficerId::new);
    Some(CreateClient {
        details: Details {
            first_name: first_name?,
            middle_name,
            last_name: last_name?,
            email: email?,
            phone: phone?,
            postal_address: PostalAddress {
                address: address?,
                city: city?,
                state: state?,
                country: country?,
            },
            marital_status,
            account_officer,
        },
        birth_date: birth_date?,
        gender: gender?,
        identification: Identification { kind: identification_type?, number: identification_number? },
        customer_type: customer_type.unwrap_or_default(),
        branch,
    })
}

pub(super) fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    let client = decided.client;
    members(json!({
        "contactEncodedKey": client.key().as_str(),
        "id": client.id().get(),
        "customerNumber": client.customer_number().to_string(),
        "clientState": client.state().number(),
        "clientStateDescription": client.state().description(),
        "dateCreated": client.snapshot().created.at.to_string(),
        "version": client.version().get(),
    }))
}
