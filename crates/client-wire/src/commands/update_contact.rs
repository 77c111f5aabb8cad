use client_domain::client::{Decision, DetailsPatch, Patch};
use client_domain::lifecycle::Facts;
use client_domain::value::{
    AccountOfficerId, AddressLine, Country, EmailAddress, MaritalStatus, PersonName, PhoneNumber, PlaceName,
};
use client_domain::{Client, ClientEvent, Permission, Refusal, Stamp};
use serde_json::{Map, Value, json};

use super::{client, tell_withdrawal};
use crate::command::{ClientCommand, Command, Named};
use crate::form::Form;
use crate::ports::ClientRef;
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field, shape};
use crate::{Code, Failure, Item};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "UpdateContactCommand",
    kind: Kind::Command,
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

struct UpdateContact {
    client: ClientRef,
    patch: DetailsPatch,
}

pub(crate) fn parse(mut form: Form<'_>) -> Result<Command, Failure> {
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
    if patch.is_empty() && !form.mentions_any_but(&["contactEncodedKey", "customerNumber"]) {
        form.fail_whole(Item::new(Code::NothingToUpdate, "The update names no field that can be updated."));
    }
    let command = client.map(|client| UpdateContact { client, patch });
    form.finish(command).map(|command| Command::Existing(Box::new(command)))
}

impl ClientCommand for UpdateContact {
    fn spec(&self) -> &'static OperationSpec {
        &SPEC
    }

    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn names(&self) -> Named<'_> {
        let officer = match &self.patch.account_officer {
            Patch::Set(officer) => Some(*officer),
            Patch::Keep | Patch::Clear => None,
        };
        Named { officer, ..Named::default() }
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &Stamp) -> Result<Decision, Refusal> {
        client.update(self.patch.clone(), stamp)
    }

    fn reply(
        &self,
        client: &Client,
        event: Option<&ClientEvent>,
        _stamp: &Stamp,
    ) -> (String, Map<String, Value>) {
        let changed: Vec<_> =
            event.into_iter().flat_map(|event| &event.changed).map(|field| field.name()).collect();
        let data = crate::reply::members(json!({
            "contactEncodedKey": client.key().as_str(),
            "lastModified": client.snapshot().modified_at.to_string(),
            "version": client.version().get(),
            "changedFields": changed,
        }));
        ("Contact updated successfully.".to_owned(), tell_withdrawal(data, event))
    }
}
