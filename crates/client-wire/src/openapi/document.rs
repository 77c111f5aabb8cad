//! The whole document: what the API is, its paths, and the components that they refer to.

use serde_json::Value;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, Info, OpenApiBuilder, Paths, SecurityRequirement, Server,
};

use super::{errors, headers, info, operations, schemas};

const BEARER: &str = "bearerAuth";

/// The document with the two paths as they are.
pub(crate) fn by_kind() -> Value {
    document(info::info(), operations::by_kind())
}

/// The document with a path for each operation.
pub(crate) fn by_operation() -> Value {
    document(info::info_by_operation(), operations::by_operation())
}

fn document(info: Info, paths: Paths) -> Value {
    let document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .tags(Some(info::tags()))
        .security(Some([SecurityRequirement::new(BEARER, [""; 0])]))
        .paths(paths)
        .components(Some(components()))
        .build();
    // Every value in it can be written as JSON; a test would notice null.
    serde_json::to_value(document).unwrap_or_default()
}

fn components() -> Components {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "A signed token whose `permissions` (or `scope`) include the permission that the operation \
             requires; its schema names it as `x-permission`.",
        ))
        .build();
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas::all().chain(errors::schemas()))
        .responses_from_iter(errors::responses())
        .security_scheme(BEARER, SecurityScheme::Http(bearer));
    let components = headers::parameters()
        .fold(components, |components, (name, parameter)| components.parameter(name, parameter.build()));
    headers::headers()
        .fold(components, |components, (name, header)| components.header(name, header.build()))
        .build()
}
