use client_domain::Permission;
use serde_json::json;

use super::{reply, today};
use crate::commands::client;
use crate::form::Form;
use crate::kyc_view::{DOCUMENT, document_json};
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field, shape};
use crate::{Clients, Code, Failure, Reply};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "GetCustomerIdentityDetailsQuery",
    kind: Kind::Query,
    about: "Lists the identity documents of a client, oldest first, without their files.",
    permission: Permission::KycRead,
    fields: &[field::KEY, field::NUMBER],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required(
            "documents",
            Shape::List { of: &Shape::Object(DOCUMENT), max: 100 },
            "The documents; GET /api/bpm/documents/{identityId}/content sends the file of one.",
        ),
        FieldSpec::required("totalCount", shape::COUNT, "How many there are."),
        field::VERSION,
    ],
    refusals: &[Code::ClientNotFound],
    example: r#"{ "contactEncodedKey": "CUST1000001" }"#,
};

pub(crate) async fn answer(clients: &Clients, mut form: Form<'_>) -> Result<Reply, Failure> {
    let wanted = client(&mut form);
    let wanted = form.finish(wanted)?;
    let client = clients.client(&wanted).await?;
    let today = today(clients);
    let documents = client.kyc().documents.iter();
    let documents: Vec<_> = documents.map(|document| document_json(client.key(), document, today)).collect();
    let data = json!({
        "contactEncodedKey": client.key().as_str(),
        "totalCount": documents.len(),
        "documents": documents,
        "version": client.version().get(),
    });
    let message = "Customer identity details retrieved successfully.";
    Ok(Reply { version: Some(client.version()), ..reply(message, data) })
}
