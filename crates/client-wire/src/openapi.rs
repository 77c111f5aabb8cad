//! The API as an `OpenAPI` 3.1 document.
//!
//! Nothing about a single operation is written here: every path, schema and code is read from the tables that the parsers
//! read ([`OPERATIONS`](crate::catalogue::OPERATIONS), [`Code::ALL`](crate::code::Code::ALL),
//! [`Status::ALL`](crate::status::Status::ALL)), so that the description cannot promise what the service refuses. They
//! become values of the types of `utoipa`, so that a keyword in the wrong place does not compile; `keywords` holds the
//! few that it has no types for.
//!
//! `openapi.json` and `openapi-operations.json` beside the sources are the committed copies, for reviews and for
//! making clients without running the service; `UPDATE_GENERATED=1 cargo test -p client-wire` writes them anew.

mod document;
mod errors;
mod headers;
mod info;
mod keywords;
mod operations;
mod schemas;

use serde_json::Value;

/// The `OpenAPI` 3.1 document of the whole API, for `/openapi.json` and the command line.
///
/// ```
/// let document = client_wire::description();
///
/// assert_eq!(document["openapi"], "3.1.0");
/// assert!(document["components"]["schemas"]["CreateContactCommandData"].is_object());
/// ```
pub fn description() -> Value {
    document::by_kind()
}

/// The same API with a path for each operation, for `/openapi-operations.json`.
///
/// The part of a path after `#` is never sent, so every operation is still sent to one of the two paths; but generated
/// clients get a method for each, with its own types, and test tools see each by itself.
///
/// ```
/// let document = client_wire::description_by_operation();
///
/// let create = &document["paths"]["/api/bpm/cmd#CreateContactCommand"]["post"];
/// assert_eq!(create["operationId"], "createContactCommand");
/// ```
pub fn description_by_operation() -> Value {
    document::by_operation()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use client_domain::Permission;
    use serde_json::{Map, json};

    use crate::catalogue::OPERATIONS;
    use crate::code::Code;
    use crate::spec::{FieldSpec, Need, OperationKind};
    use crate::status::Status;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test is told this way to write what it would compare")]
    fn the_committed_copies_are_current() {
        for (name, document) in
            [("openapi.json", description()), ("openapi-operations.json", description_by_operation())]
        {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
            let made = format!("{document:#}\n");
            if std::env::var("UPDATE_GENERATED").is_ok() {
                std::fs::write(&path, &made).unwrap();
            }
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == made, "{name} is not what the tables make: run with UPDATE_GENERATED=1");
        }
    }

    #[test]
    fn every_operation_has_its_schemas_and_its_place_in_its_path() {
        let document = description();
        for spec in OPERATIONS {
            for part in ["", "Data", "Success", "Reply"] {
                let name = format!("{}{part}", spec.name);
                assert!(document["components"]["schemas"][&name].is_object(), "{name}");
            }
            let (path, member) = match spec.kind {
                OperationKind::Command => ("/api/bpm/cmd", "commandName"),
                OperationKind::Query => ("/api/bpm/qry", "queryName"),
            };
            let content = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"];
            let schema = format!("#/components/schemas/{}", spec.name);
            let choices = content["schema"]["oneOf"].as_array().unwrap();
            assert!(choices.contains(&json!({ "$ref": schema })), "{}", spec.name);
            assert_eq!(content["schema"]["discriminator"]["propertyName"], member);
            assert_eq!(content["schema"]["discriminator"]["mapping"][spec.name], json!(schema));
            assert_eq!(content["examples"][spec.name]["value"][member], spec.name);

            let request = &document["components"]["schemas"][spec.name];
            assert_eq!(request["properties"][member]["enum"], json!([spec.name]));
            let permission = spec.permission.map(Permission::name);
            assert_eq!(request.get("x-permission").and_then(Value::as_str), permission);
            assert_eq!(request["properties"].get("dryRun").is_some(), spec.kind == OperationKind::Command);
        }
    }

    #[test]
    fn every_member_of_the_tables_is_described() {
        let document = description();
        let described = |name: String, fields: &[FieldSpec]| {
            let schema = &document["components"]["schemas"][&name];
            let names: BTreeSet<_> =
                schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(names, fields.iter().map(|field| field.name).collect(), "{name}");
            let required: BTreeSet<_> =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let always = |field: &&FieldSpec| matches!(field.need, Need::Required | Need::Nullable);
            assert_eq!(required, fields.iter().filter(always).map(|field| field.name).collect(), "{name}");
        };
        for spec in OPERATIONS {
            described(format!("{}Data", spec.name), spec.fields);
            described(format!("{}Reply", spec.name), spec.reply);
        }
    }

    #[test]
    fn every_example_has_what_is_required_and_nothing_unknown() {
        for spec in OPERATIONS {
            let example: Value = serde_json::from_str(spec.example).unwrap();
            let members = example.as_object().unwrap();
            for field in spec.fields.iter().filter(|field| field.is_required()) {
                assert!(members.get(field.name).is_some_and(|value| !value.is_null()), "{}", field.name);
            }
            for name in members.keys() {
                assert!(spec.fields.iter().any(|field| field.name == name), "{}: {name}", spec.name);
            }
        }
    }

    #[test]
    fn the_codes_and_classes_are_those_of_the_catalogue() {
        let document = description();
        let schemas = &document["components"]["schemas"];
        let codes: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(schemas["FailureReason"]["properties"]["code"]["enum"], json!(codes));
        let statuses: Vec<_> = Status::ALL.iter().map(|status| status.wire()).collect();
        assert_eq!(schemas["Failure"]["properties"]["statusCode"]["enum"], json!(statuses));

        let responses =
            |path: &str| document["paths"][path]["post"]["responses"].as_object().unwrap().clone();
        let (commands, queries) = (responses("/api/bpm/cmd"), responses("/api/bpm/qry"));
        for status in Status::ALL {
            let http = status.http().to_string();
            assert!(commands.contains_key(&http), "{http}");
            assert_eq!(queries.contains_key(&http), status != Status::Conflict, "{http}");
        }
        for code in Code::ALL {
            let response = &document["components"]["responses"][code.status().wire()];
            assert!(response["description"].as_str().unwrap().contains(code.meaning()), "{}", code.name());
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_component_is_used() {
        for document in [description(), description_by_operation()] {
            every_component_is_used(&document);
        }
    }

    fn every_component_is_used(document: &Value) {
        let mut references = BTreeSet::new();
        collect_references(document, &mut references);
        for reference in &references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        for section in ["schemas", "responses", "parameters", "headers"] {
            for name in document["components"][section].as_object().unwrap().keys() {
                assert!(references.contains(&format!("#/components/{section}/{name}")), "{section}/{name}");
            }
        }
    }

    fn collect_references(value: &Value, references: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                references.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| collect_references(value, references));
            }
            Value::Array(values) => values.iter().for_each(|value| collect_references(value, references)),
            _ => {}
        }
    }

    #[test]
    fn every_operation_has_a_path_of_its_own_with_its_own_types() {
        let document = description_by_operation();
        let mut ids = BTreeSet::new();
        for spec in OPERATIONS {
            let endpoint = match spec.kind {
                OperationKind::Command => "/api/bpm/cmd",
                OperationKind::Query => "/api/bpm/qry",
            };
            let operation = &document["paths"][format!("{endpoint}#{}", spec.name)]["post"];
            let schema = |part: &str| json!({ "$ref": format!("#/components/schemas/{}{part}", spec.name) });
            assert_eq!(operation["requestBody"]["content"]["application/json"]["schema"], schema(""));
            let success = &operation["responses"]["200"]["content"]["application/json"]["schema"];
            assert_eq!(*success, schema("Success"));
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{}", spec.name);
            let if_match = json!({ "$ref": "#/components/parameters/IfMatch" });
            let takes_version = operation["parameters"].as_array().unwrap().contains(&if_match);
            assert_eq!(takes_version, spec.refusals.contains(&Code::StaleVersion), "{}", spec.name);
        }
        let shared = document["paths"].as_object().unwrap().keys().filter(|path| !path.contains('#')).count();
        assert_eq!(ids.len() + shared, document["paths"].as_object().unwrap().len());
    }

    /// Constructs that made code generators fail, each with one of them.
    #[test]
    fn the_schemas_hold_nothing_that_code_generators_misread() {
        for document in [description(), description_by_operation()] {
            walk(&document["components"]["schemas"], "", &mut |schema, at| {
                assert!(schema.get("const").is_none(), "{at}: a const without a type");
                assert!(schema.get("default").is_none(), "{at}: a default makes a member mandatory");
                assert_ne!(schema.get("type"), Some(&json!("null")), "{at}: a member that is null only");
                if schema.contains_key("properties") {
                    for word in ["anyOf", "oneOf"] {
                        assert!(schema.get(word).is_none(), "{at}: {word} beside properties");
                    }
                }
                let choices = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
                let named = schema.contains_key("x-enum-varnames");
                for choice in choices.filter_map(Value::as_str).filter(|_| !at.ends_with("/propertyNames")) {
                    let plain = choice.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                    assert!(plain || named, "{at}: {choice} needs a name");
                }
                for name in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                    assert!(name.0.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{at}: {}", name.0);
                }
            });
        }
    }

    /// Visits every schema that a generator makes a type of.
    fn walk(schema: &Value, at: &str, visit: &mut impl FnMut(&Map<String, Value>, &str)) {
        match schema {
            Value::Object(members) => {
                visit(members, at);
                for (name, inner) in members {
                    // These only exclude: no type is made of them. An example is data.
                    if !["if", "then", "else", "not", "examples", "allOf"].contains(&name.as_str()) {
                        walk(inner, &format!("{at}/{name}"), visit);
                    }
                }
            }
            Value::Array(values) => {
                values.iter().enumerate().for_each(|(n, inner)| walk(inner, &format!("{at}/{n}"), visit));
            }
            _ => {}
        }
    }

    #[test]
    fn only_the_paths_of_the_service_need_no_token() {
        let document = description();
        for (path, item) in document["paths"].as_object().unwrap() {
            let open = item.pointer("/get/security") == Some(&json!([]));
            assert_eq!(open, !path.starts_with("/api/"), "{path}");
        }
    }

    #[test]
    fn the_states_are_in_the_text() {
        let document = description();
        let text = document["info"]["description"].as_str().unwrap();
        assert!(text.contains("| 0 | `All` |") && text.contains("| 6 | `BlackListed` | BlackListed | "));
        assert!(text.contains("| 3 | `PendingApproval` | Pending Approval | "));
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    }
}
