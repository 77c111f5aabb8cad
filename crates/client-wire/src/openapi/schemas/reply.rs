//! The answers to successful requests: the envelope around each operation's own data.

use std::fmt::Write as _;

use client_domain::Permission;
use utoipa::openapi::schema::{ArrayItems, Object, ObjectBuilder};
use utoipa::openapi::{Ref, RefOr, Schema};

use super::builders::{enumeration, flag, requiring, text};
use super::description;
use super::member::{Members, object};
use super::nullable::or_null;
use crate::catalogue::OPERATIONS;
use crate::rights::GUARDS;
use crate::spec::OperationSpec;

/// For each operation its successful answer and the data of it.
pub(crate) fn schemas() -> impl Iterator<Item = (String, RefOr<Schema>)> {
    OPERATIONS.iter().flat_map(|spec| {
        [(envelope_name(spec), operation_envelope(spec).into()), (data_name(spec), data(spec).into())]
    })
}

/// The envelope around data with this schema.
pub(crate) fn envelope(data: impl Into<RefOr<Schema>>) -> ObjectBuilder {
    let envelope = ObjectBuilder::new()
        .property("isSuccessful", flag().description(Some("True.")))
        .property("statusCode", enumeration(["00"]))
        .property("message", text().description(Some("The result as a sentence.")))
        .property("data", data);
    requiring(envelope, ["isSuccessful", "statusCode", "message", "data"])
}

fn operation_envelope(spec: &OperationSpec) -> Object {
    envelope(Ref::from_schema_name(data_name(spec)))
        .title(Some(envelope_name(spec)))
        .description(Some(format!("The answer of {} when it succeeds.", spec.name)))
        .build()
}

fn data(spec: &OperationSpec) -> Object {
    let mut data = object(spec.reply, Members::Open);
    for guard in GUARDS.iter().filter(|guard| guard.operation == spec.name) {
        for place in guard.members {
            if let Some(member) = member_at(&mut data, place) {
                guarded(member, guard.permission);
            }
        }
    }
    data.title = Some(data_name(spec));
    data.description = Some(format!("The data of the answer of {}.", spec.name));
    data
}

/// The member at a path such as `touched[].clientState`.
fn member_at<'a>(object: &'a mut Object, place: &str) -> Option<&'a mut Schema> {
    let (name, rest) = place.split_once('.').map_or((place, None), |(name, rest)| (name, Some(rest)));
    let member = match name.strip_suffix("[]") {
        None => inline(object.properties.get_mut(name)?)?,
        Some(name) => match inline(object.properties.get_mut(name)?)? {
            Schema::Array(array) => match &mut array.items {
                ArrayItems::RefOrSchema(items) => inline(items)?,
                ArrayItems::False => return None,
            },
            _ => return None,
        },
    };
    match (rest, member) {
        (None, member) => Some(member),
        (Some(rest), Schema::Object(object)) => member_at(object, rest),
        (Some(_), _) => None,
    }
}

fn inline(schema: &mut RefOr<Schema>) -> Option<&mut Schema> {
    match schema {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(_) => None,
    }
}

/// A member that is null for callers without a permission says so.
fn guarded(member: &mut Schema, permission: Permission) {
    *member = or_null(std::mem::take(member));
    if let Some(Some(about)) = description::of(member) {
        // Writing to a String cannot fail.
        let _ = write!(about, " Null without {}.", permission.name());
    }
}

/// The name of the successful answer of an operation.
pub(crate) fn envelope_name(spec: &OperationSpec) -> String {
    format!("{}Success", spec.name)
}

fn data_name(spec: &OperationSpec) -> String {
    format!("{}Reply", spec.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A guard of a missing member would leave the description silently wrong.
    #[test]
    fn every_guarded_member_is_found_and_says_so() {
        // A file is put on a path of its own and not by an operation.
        let guards = GUARDS.iter().filter(|guard| guard.operation != "ReplaceIdentityDocumentContent");
        for guard in guards {
            let spec = OPERATIONS.iter().find(|spec| spec.name == guard.operation).unwrap();
            for place in guard.members {
                let mut data = data(spec);
                let member = member_at(&mut data, place).expect(place);
                let about = description::of(member).unwrap().clone().unwrap();
                assert!(about.ends_with(&format!("Null without {}.", guard.permission.name())), "{place}");
            }
        }
    }
}
