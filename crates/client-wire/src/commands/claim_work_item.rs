use client_app::commands::{ClaimWorkItem, WorkItemClaimed};
use client_app::{Clients, RequestContext};
use client_domain::Permission;
use serde_json::json;

use super::standalone::{StandaloneOperation, perform};
use super::work_item;
use crate::code::Code;
use crate::failure::Failure;
use crate::field;
use crate::form::Form;
use crate::reply::Reply;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ClaimWorkItemCommand",
    kind: OperationKind::Command,
    about: "Says that the caller is at an item of the work queue for some minutes, so that others take another one, or \
         renews that. It refuses no decision by other people, and changes nothing of the client.",
    permission: Some(Permission::Read),
    fields: work_item::FIELDS,
    reply: &[
        FieldSpec::required("claimedUntil", Shape::DateTime, "When the claim ends, unless it is renewed."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::ClientNotFound,
        Code::DocumentNotFound,
        Code::AddressNotFound,
        Code::NotWaiting,
        Code::ClaimedByAnother,
        Code::ExactlyOne,
    ],
    example: r#"{ "amendmentId": "8a8e86a5.7" }"#,
};

pub(crate) static OPERATION: StandaloneOperation = StandaloneOperation {
    spec: &SPEC,
    perform: |clients, form, context| Box::pin(claim(clients, form, context)),
};

async fn claim(clients: &Clients, mut form: Form<'_>, context: &RequestContext) -> Result<Reply, Failure> {
    let item = work_item::item(&mut form);
    let item = form.finish(item)?;
    let data = |claimed: &WorkItemClaimed| json!({ "claimedUntil": claimed.until.to_string() });
    perform(clients, context, ClaimWorkItem { item }, "Work item claimed successfully.", data).await
}
