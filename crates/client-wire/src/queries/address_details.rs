use client_app::queries::GetKyc;
use client_app::{Caller, Clients};
use client_domain::Permission;
use serde_json::json;

use super::operation::{QueryOperation, ask, reply};
use crate::code::Code;
use crate::commands::client_ref::client;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_view::{ADDRESS, address_json};
use crate::reply::Reply;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "GetCustomerAddressDetailsQuery",
    kind: OperationKind::Query,
    about: "Lists the address information of a client, oldest first.",
    permission: Some(Permission::KycRead),
    fields: &[field::KEY, field::NUMBER],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required(
            "addresses",
            Shape::List { of: &Shape::Object(ADDRESS), max: 100 },
            "The address information.",
        ),
        FieldSpec::required("totalCount", shape::COUNT, "The number of items."),
        field::VERSION,
    ],
    refusals: &[Code::ClientNotFound],
    example: r#"{ "contactEncodedKey": "CUST1000001" }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let wanted = client(&mut form);
    let wanted = form.finish(wanted)?;
    let found = ask(clients, caller, GetKyc { client: wanted }).await?;
    let client = &found.client;
    let addresses = client.kyc().addresses.iter();
    let addresses: Vec<_> = addresses.map(|address| address_json(client, address)).collect();
    let data = json!({
        "contactEncodedKey": client.key().as_str(),
        "totalCount": addresses.len(),
        "addresses": addresses,
        "version": client.version().get(),
    });
    let message = "Customer address details retrieved successfully.";
    Ok(Reply { version: Some(client.version()), ..reply(message, data) })
}
