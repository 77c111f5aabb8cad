//! The body of a request: the name of an operation and its data.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{Discriminator, OneOfBuilder};
use utoipa::openapi::{Ref, RefOr, Required, Schema};

use crate::catalogue::OPERATIONS;
use crate::openapi::schemas;
use crate::spec::{OperationKind, OperationSpec};

/// The body of one of the two paths.
pub(crate) fn of_kind(kind: OperationKind) -> RequestBody {
    let specs = || OPERATIONS.iter().copied().filter(|spec| spec.kind == kind);
    let member = kind.name_member();
    let mapping = specs().map(|spec| (spec.name, Ref::from_schema_name(spec.name).ref_location));
    let choice = specs()
        .fold(OneOfBuilder::new(), |choice, spec| choice.item(Ref::from_schema_name(spec.name)))
        .discriminator(Some(Discriminator::with_mapping(member, mapping)));
    let about = format!(
        "The name of the operation and its request data. `cmd` is accepted instead of `{member}`; a body with \
         both is refused."
    );
    body(choice, specs()).description(Some(about)).build()
}

/// The body of one operation.
pub(crate) fn of_operation(spec: &OperationSpec) -> RequestBody {
    body(Ref::from_schema_name(spec.name), [spec]).build()
}

fn body<'a>(
    schema: impl Into<RefOr<Schema>>,
    specs: impl IntoIterator<Item = &'a OperationSpec>,
) -> RequestBodyBuilder {
    let examples = specs.into_iter().map(|spec| {
        let example = ExampleBuilder::new().summary(spec.about).value(Some(schemas::example(spec)));
        (spec.name, example)
    });
    let content = ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build();
    RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", content)
}
