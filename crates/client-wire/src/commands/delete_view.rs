use client_app::commands::{DeleteView, ViewDeleted};
use client_app::{Clients, RequestContext};
use client_domain::value::ViewName;
use client_domain::{ActorId, Permission};
use serde_json::json;

use super::standalone::{StandaloneOperation, perform_with_message};
use crate::code::Code;
use crate::failure::Failure;
use crate::field;
use crate::form::Form;
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "DeleteViewCommand",
    kind: OperationKind::Command,
    about: "Deletes a saved view: one of the caller's, or one that another person shares.",
    permission: Some(Permission::Read),
    fields: &[
        FieldSpec::required("name", shape::VIEW_NAME, "The name of the view."),
        FieldSpec::optional(
            "ownerId",
            Shape::Text { min: 1, max: ActorId::MAX },
            "Whose view it is; the caller's by default.",
        ),
    ],
    reply: &[FieldSpec::required("deleted", Shape::Flag, "Whether there was such a view."), field::DRY_RUN],
    refusals: &[Code::PermissionMissing],
    example: r#"{ "name": "Ikeja, waiting" }"#,
};

pub(crate) static OPERATION: StandaloneOperation = StandaloneOperation {
    spec: &SPEC,
    perform: |clients, form, context| Box::pin(delete(clients, form, context)),
};

async fn delete(clients: &Clients, mut form: Form<'_>, context: &RequestContext) -> Result<Reply, Failure> {
    let name = form.required("name", ViewName::parse);
    let owner = form.optional("ownerId", ActorId::parse);
    let name = form.finish(name)?;
    let data = |deleted: &ViewDeleted| json!({ "deleted": deleted.deleted });
    let message = |deleted: &ViewDeleted| {
        if deleted.deleted {
            "View deleted successfully."
        } else {
            "There is no such view, so none was deleted."
        }
    };
    perform_with_message(clients, context, DeleteView { owner, name }, message, data).await
}
