use client_app::queries::{GetLookAlikes, LookAlike};
use client_app::{Caller, Clients};
use client_domain::{Permission, Resemblance};
use serde_json::{Value, json};

use super::operation::{QueryOperation, ask, reply};
use crate::code::Code;
use crate::commands::client_ref::client;
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::Reply;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

/// The maximum number of clients in an answer: 50 for each of four values, and former records that exited blacklisted.
pub(crate) const MAX_LISTED: usize = 250;

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveLookAlikesQuery",
    kind: OperationKind::Query,
    about: "Lists the clients of every state that may be the same person as this one. A former record that was \
            blacklisted when it exited is always listed, whatever the values of the client are now.",
    permission: Some(Permission::Read),
    fields: &[field::KEY, field::NUMBER],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required(
            "lookAlikes",
            Shape::List { of: &LOOK_ALIKE, max: MAX_LISTED },
            "The clients, in the order of their keys.",
        ),
        FieldSpec::required(
            "hasMore",
            Shape::Flag,
            "Whether there may be more: for each value at most 50 clients are compared.",
        ),
        field::VERSION,
    ],
    refusals: &[Code::ClientNotFound],
    example: r#"{ "contactEncodedKey": "CUST1000001" }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

pub(super) const LOOK_ALIKE: Shape = Shape::Object(&[
    FieldSpec::required("contactEncodedKey", shape::KEY, "The key of the client."),
    FieldSpec::required("customerNumber", shape::KEY, "The customer number."),
    FieldSpec::required("firstName", shape::NAME, "The first name."),
    FieldSpec::required("lastName", shape::NAME, "The last name."),
    field::STATE,
    field::STATE_DESCRIPTION,
    FieldSpec::required(
        "resemblances",
        Shape::List { of: &RESEMBLANCE, max: 4 },
        "What the two have in common; document only for callers with customers.kyc.read. Empty for a former record \
         without resemblance that was blacklisted when it exited.",
    ),
    FieldSpec::required(
        "isFormerRecord",
        Shape::Flag,
        "Whether it is a record of the client from before a return.",
    ),
]);

const RESEMBLANCE: Shape = Shape::Choice(&["nameAndBirthDate", "phone", "identification", "document"]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let wanted = client(&mut form);
    let wanted = form.finish(wanted)?;
    let found = ask(clients, caller, GetLookAlikes { client: wanted }).await?;
    let data = json!({
        "contactEncodedKey": found.client.key().as_str(),
        "lookAlikes": found.look_alikes.iter().map(look_alike_json).collect::<Vec<_>>(),
        "hasMore": found.more,
        "version": found.client.version().get(),
    });
    Ok(Reply { version: Some(found.client.version()), ..reply("Look-alikes retrieved successfully.", data) })
}

pub(super) fn look_alike_json(found: &LookAlike) -> Value {
    let snapshot = found.client.snapshot();
    json!({
        "contactEncodedKey": snapshot.key.as_str(),
        "customerNumber": found.client.customer_number().to_string(),
        "firstName": snapshot.details.first_name.as_str(),
        "lastName": snapshot.details.last_name.as_str(),
        "clientState": snapshot.state.number(),
        "clientStateDescription": snapshot.state.description(),
        "resemblances": found.resemblances.iter().copied().map(Resemblance::name).collect::<Vec<_>>(),
        "isFormerRecord": found.is_former,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn description_lists_every_resemblance() {
        let Shape::Choice(names) = RESEMBLANCE else { panic!("a choice") };
        assert!(Resemblance::ALL.into_iter().map(Resemblance::name).eq(names.iter().copied()));
    }
}
