use client_app::commands::{ReleaseWorkItem, WorkItemReleased};
use client_app::{Clients, RequestContext};
use client_domain::Permission;
use serde_json::json;

use super::standalone::{StandaloneOperation, perform_with_message};
use super::work_item;
use crate::code::Code;
use crate::failure::Failure;
use crate::field;
use crate::form::Form;
use crate::reply::Reply;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ReleaseWorkItemCommand",
    kind: OperationKind::Command,
    about: "Ends the caller's claim of an item of the work queue before its time.",
    permission: Some(Permission::Read),
    fields: work_item::FIELDS,
    reply: &[
        FieldSpec::required(
            "released",
            Shape::Flag,
            "Whether the caller had claimed the item, and the claim had not ended.",
        ),
        field::DRY_RUN,
    ],
    refusals: &[Code::ClientNotFound, Code::DocumentNotFound, Code::AddressNotFound, Code::ExactlyOne],
    example: r#"{ "amendmentId": "8a8e86a5.7" }"#,
};

pub(crate) static OPERATION: StandaloneOperation = StandaloneOperation {
    spec: &SPEC,
    perform: |clients, form, context| Box::pin(release(clients, form, context)),
};

async fn release(clients: &Clients, mut form: Form<'_>, context: &RequestContext) -> Result<Reply, Failure> {
    let item = work_item::item(&mut form);
    let item = form.finish(item)?;
    let data = |released: &WorkItemReleased| json!({ "released": released.released });
    let message = |released: &WorkItemReleased| {
        if released.released {
            "Work item released successfully."
        } else {
            "You have no claim of the item, so nothing was released."
        }
    };
    perform_with_message(clients, context, ReleaseWorkItem { item }, message, data).await
}
