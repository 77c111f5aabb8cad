use client_domain::client::Decision;
use client_domain::kyc::AddressDraft;
use client_domain::lifecycle::Facts;
use client_domain::value::{AddressLine, AddressSupplement, Country, PlaceName, PostalCode};
use client_domain::{Client, ClientEvent, Permission, Refusal, Stamp};
use serde_json::{Map, Value};

use super::{client, tell_withdrawal};
use crate::command::{ClientCommand, Command};
use crate::form::Form;
use crate::kyc_view::{NEW_ADDRESS, address_json};
use crate::ports::ClientRef;
use crate::spec::{FieldSpec, Kind, OperationSpec, field, shape};
use crate::{Clients, Code, Failure};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "CreateAddressInformationCommand",
    kind: Kind::Command,
    about: "Takes in address information, which then waits for its review.",
    permission: Permission::KycWrite,
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::required("addressLine1", shape::ADDRESS, "Street, house."),
        FieldSpec::optional("addressLine2", shape::ADDRESS_SUPPLEMENT, "Flat, floor."),
        FieldSpec::required("city", shape::PLACE, "Town or city."),
        FieldSpec::required("state", shape::PLACE, "State, province or region."),
        FieldSpec::required("country", shape::COUNTRY, "A country's English name or its ISO 3166 code."),
        FieldSpec::optional("postalCode", shape::POSTAL_CODE, "The postal code."),
    ],
    reply: NEW_ADDRESS,
    refusals: &[Code::ClientNotFound, Code::InvalidStatus, Code::TooMany, Code::StaleVersion],
    example: r#"{
        "contactEncodedKey": "CUST1000001", "addressLine1": "12 Allen Avenue", "city": "Ikeja",
        "state": "Lagos", "country": "NG", "postalCode": "100271"
    }"#,
};

struct CreateAddressInformation {
    client: ClientRef,
    draft: AddressDraft,
}

pub(crate) fn parse(clients: &Clients, mut form: Form<'_>) -> Result<Command, Failure> {
    let client = client(&mut form);
    let line1 = form.required("addressLine1", AddressLine::parse);
    let line2 = form.optional("addressLine2", AddressSupplement::parse);
    let city = form.required("city", PlaceName::parse);
    let state = form.required("state", PlaceName::parse);
    let country = form.required("country", Country::parse);
    let postal_code = form.optional("postalCode", PostalCode::parse);
    let command = || {
        let id = clients.keys.address_id();
        let (line1, city, state, country) = (line1?, city?, state?, country?);
        let draft = AddressDraft { id, line1, line2, city, state, country, postal_code };
        Some(CreateAddressInformation { client: client?, draft })
    };
    let command = command();
    form.finish(command).map(|command| Command::Existing(Box::new(command)))
}

impl ClientCommand for CreateAddressInformation {
    fn spec(&self) -> &'static OperationSpec {
        &SPEC
    }

    fn client(&self) -> &ClientRef {
        &self.client
    }

    fn fresh(&self) -> &'static [&'static str] {
        &["addressId"]
    }

    fn decide(&self, client: &Client, _facts: &Facts, stamp: &Stamp) -> Result<Decision, Refusal> {
        let change = client.submit_address(self.draft.clone(), stamp)?;
        Ok(Decision::Changed(Box::new(change)))
    }

    fn reply(
        &self,
        client: &Client,
        event: Option<&ClientEvent>,
        _stamp: &Stamp,
    ) -> (String, Map<String, Value>) {
        let address = client.kyc().address(&self.draft.id);
        let mut data = address.map(|address| address_json(client.key(), address)).unwrap_or_default();
        data.insert("version".to_owned(), client.version().get().into());
        ("Address information created successfully.".to_owned(), tell_withdrawal(data, event))
    }
}
