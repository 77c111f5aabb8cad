use client_app::commands::{SaveView, ViewSaved};
use client_app::{Clients, RequestContext};
use client_domain::Permission;
use client_domain::value::ViewName;
use serde_json::json;

use super::standalone::{StandaloneOperation, perform};
use crate::code::Code;
use crate::failure::Failure;
use crate::field;
use crate::form::Form;
use crate::queries::saved_search::{COLUMNS, SEARCH, read, read_columns};
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "SaveViewCommand",
    kind: OperationKind::Command,
    about: "Saves a search of clients under a name, for the caller or for everybody who may find clients, in the place of \
         the caller's view with this name. It changes no client.",
    permission: Some(Permission::Read),
    fields: &[
        FieldSpec::required("name", shape::VIEW_NAME, "The name."),
        FieldSpec::optional(
            "shared",
            Shape::Flag,
            "Whether everybody who may find clients sees it; false by default. A name or a number in the search is seen \
             as well.",
        ),
        SEARCH,
        COLUMNS,
    ],
    reply: &[
        FieldSpec::required("shared", Shape::Flag, "Whether everybody who may find clients sees it."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::TooManyViews,
        Code::EndBeforeStart,
        Code::ExactlyOne,
        Code::UnknownProperty,
        Code::UnknownOperator,
        Code::OperatorNotApplicable,
        Code::ValueNotTaken,
        Code::FilterTooLarge,
        Code::FilterTooCostly,
        Code::PermissionMissing,
    ],
    example: r#"{
        "name": "Ikeja, waiting", "columns": ["customerNumber", "kycStatus"],
        "search": {
            "branchEncodedKey": "ikeja-01", "status": ["PendingApproval"],
            "filters": [{ "propertyName": "dateCreated", "operator": "LastDays", "value": 30 }],
            "sort": [{ "propertyName": "lastName" }]
        }
    }"#,
};

pub(crate) static OPERATION: StandaloneOperation = StandaloneOperation {
    spec: &SPEC,
    perform: |clients, form, context| Box::pin(save(clients, form, context)),
};

async fn save(clients: &Clients, mut form: Form<'_>, context: &RequestContext) -> Result<Reply, Failure> {
    let name = form.required("name", ViewName::parse);
    let shared = form.flag("shared").unwrap_or(false);
    let search = read(&mut form, &context.caller.permissions, clients.calendar());
    let columns = read_columns(&mut form);
    let (name, search) = form.finish(name.zip(search))?;
    let data = |saved: &ViewSaved| json!({ "shared": saved.shared });
    let view = SaveView { name, shared, search, columns };
    perform(clients, context, view, "View saved successfully.", data).await
}
