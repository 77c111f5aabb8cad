use client_domain::value::{ClientId, CustomerNumber};
use client_domain::{Client, Permission};

use crate::commands::client_ref;
use crate::failure::{During, unanswered};
use crate::form::Form;
use crate::ports::ClientRef;
use crate::spec::{FieldSpec, Kind, OperationSpec, shape};
use crate::view::{CLIENT, Names, client_json};
use crate::{Caller, Clients, Code, Failure, Item, Outcome, Reply};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveContactByIdQuery",
    kind: Kind::Query,
    about: "Shows one client, named in exactly one of three ways.",
    permission: Permission::Read,
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

const WAYS: [&str; 3] = ["id", "contactEncodedKey", "customerNumber"];

pub(crate) async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let id = form.integer("id", ClientId::new);
    let key = form.optional("contactEncodedKey", client_ref);
    let number = form.optional("customerNumber", CustomerNumber::parse);
    if WAYS.iter().filter(|name| !form.is_absent(name)).count() != 1 {
        let message = "Exactly one of id, contactEncodedKey and customerNumber must be there.";
        form.fail_whole(Item::new(Code::ExactlyOne, message).detail("fields", WAYS.to_vec()));
    }
    let wanted = id.map(ClientRef::Id).or(key).or(number.map(|number| ClientRef::Id(number.id())));
    let wanted = form.finish(wanted)?;

    let found = clients.store.find(&wanted).await.map_err(|error| unanswered(&error, During::Query))?;
    let client = found.ok_or_else(|| not_found(id, number))?;
    let names = clients.names(&client).await?;
    let allowed = clients.allowed(&client, caller, clients.clock.now()).await;
    Ok(Reply {
        message: format!("Client with ID {} found.", client.id()),
        data: client_json(&client, names, clients.kyc_status(&client), &allowed),
        version: Some(client.version()),
        outcome: Outcome::Done,
    })
}

/// The published message names the id that was asked for; a key, which is somebody else's text, is not repeated.
fn not_found(id: Option<ClientId>, number: Option<CustomerNumber>) -> Failure {
    let (message, field) = match (id, number) {
        (Some(id), _) => (format!("Client with ID {id} not found."), "id"),
        (None, Some(number)) => (format!("Client with number {number} not found."), "customerNumber"),
        (None, None) => ("Client with this key not found.".to_owned(), "contactEncodedKey"),
    };
    let item = Item::new(Code::ClientNotFound, message.clone()).field(field);
    Failure { message, ..Failure::of(item) }
}

impl Clients {
    /// The names of the client's branch and officer, where the directory knows them.
    async fn names(&self, client: &Client) -> Result<Names, Failure> {
        let snapshot = client.snapshot();
        let mut names = Names::default();
        if let Some(key) = &snapshot.branch {
            let branch = self.branches.branch(key).await;
            names.branch = branch.map_err(|error| unanswered(&error, During::Query))?;
        }
        if let Some(id) = snapshot.details.account_officer {
            let officer = self.branches.officer_name(id).await;
            names.officer = officer.map_err(|error| unanswered(&error, During::Query))?;
        }
        Ok(names)
    }
}
