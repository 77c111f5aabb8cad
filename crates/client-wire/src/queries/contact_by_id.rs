use client_app::ports::ClientRef;
use client_app::queries::GetClient;
use client_app::{Caller, Clients, Error};
use client_domain::Permission;
use client_domain::value::{ClientId, CustomerNumber};

use super::operation::QueryOperation;
use crate::client_view::{CLIENT, ClientMembers};
use crate::code::Code;
use crate::commands::client_ref::client_ref;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::reply::{Outcome, Reply};
use crate::reply_data::ReplyData;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveContactByIdQuery",
    kind: OperationKind::Query,
    about: "Returns one client, identified in exactly one of three ways.",
    permission: Some(Permission::Read),
    fields: &[
        FieldSpec::exactly_one(&WAYS, "id", shape::CLIENT_ID, "The running number."),
        FieldSpec::exactly_one(
            &WAYS,
            "contactEncodedKey",
            shape::KEY,
            "The key of the client, or its customer number.",
        ),
        FieldSpec::exactly_one(&WAYS, "customerNumber", shape::CUSTOMER_NUMBER, "The customer number."),
    ],
    reply: CLIENT,
    refusals: &[Code::ExactlyOne, Code::ClientNotFound],
    example: r#"{ "id": 1 }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const WAYS: [&str; 3] = ["id", "contactEncodedKey", "customerNumber"];

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let id = form.integer("id", ClientId::new);
    let key = form.optional("contactEncodedKey", client_ref);
    let number = form.optional("customerNumber", CustomerNumber::parse);
    if WAYS.iter().filter(|name| !form.is_absent(name)).count() != 1 {
        let message = "Exactly one of id, contactEncodedKey and customerNumber must be given.";
        form.fail_whole(Item::new(Code::ExactlyOne, message).detail("fields", WAYS.to_vec()));
    }
    let wanted = id.map(ClientRef::Id).or(key).or(number.map(|number| ClientRef::Id(number.id())));
    let wanted = form.finish(wanted)?;

    let found = clients.query(caller, GetClient { client: wanted }).await;
    let details = found.map_err(|error| match error {
        Error::NotFound(_) => not_found(id, number),
        error => Failure::of_error(error, caller),
    })?;
    Ok(Reply {
        message: format!("Client with ID {} found.", details.client.id()),
        version: Some(details.client.version()),
        data: ReplyData::written(&ClientMembers::of_details(&details, caller)),
        outcome: Outcome::Done,
    })
}

/// The published message names the id of the request. A key is arbitrary text of the caller, so it is not repeated.
fn not_found(id: Option<ClientId>, number: Option<CustomerNumber>) -> Failure {
    let (message, field) = match (id, number) {
        (Some(id), _) => (format!("Client with ID {id} not found."), "id"),
        (None, Some(number)) => (format!("Client with number {number} not found."), "customerNumber"),
        (None, None) => ("Client with this key not found.".to_owned(), "contactEncodedKey"),
    };
    let item = Item::new(Code::ClientNotFound, message.clone()).field(field);
    Failure { message, ..Failure::of(item) }
}
