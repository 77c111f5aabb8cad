use client_app::queries::GetKyc;
use client_app::{Caller, Clients};
use client_domain::Permission;
use serde_json::json;

use super::operation::{QueryOperation, ask, reply};
use crate::code::Code;
use crate::commands::client_ref::client;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_view::{DOCUMENT, document_json};
use crate::reply::Reply;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "GetCustomerIdentityDetailsQuery",
    kind: OperationKind::Query,
    about: "Lists the identity documents of a client, oldest first, without their files.",
    permission: Some(Permission::KycRead),
    fields: &[field::KEY, field::NUMBER],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required(
            "documents",
            Shape::List { of: &Shape::Object(DOCUMENT), max: 100 },
            "The documents; GET /api/bpm/documents/{identityId}/content returns the file of one.",
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
    let documents = client.kyc().documents.iter();
    let documents: Vec<_> = documents.map(|document| document_json(client, document, found.today)).collect();
    let data = json!({
        "contactEncodedKey": client.key().as_str(),
        "totalCount": documents.len(),
        "documents": documents,
        "version": client.version().get(),
    });
    let message = "Customer identity details retrieved successfully.";
    Ok(Reply { version: Some(client.version()), ..reply(message, data) })
}
