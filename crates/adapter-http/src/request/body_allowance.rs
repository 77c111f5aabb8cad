//! Which operations may have a large body: operations with a file, for callers with their permission.

use std::fmt;

use client_app::Caller;
use client_wire::spec::{OperationKind, OperationSpec, Shape};
use client_wire::{Code, Failure, Item, OPERATIONS, find_operation};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

/// Whether a body that begins with `prefix` may be longer than `limit` bytes.
///
/// The name of the operation is searched for in the part that has arrived. Where it is not there yet, the caller must
/// at least have a permission to send files.
pub(super) fn check(
    kind: OperationKind,
    prefix: &[u8],
    caller: &Caller,
    limit: usize,
) -> Result<(), Failure> {
    if let Some(name) = leading_name(kind, prefix) {
        return check_name(&name, caller, limit);
    }
    let mut carriers = OPERATIONS.iter().copied().filter(|spec| carries_file(spec));
    if carriers.any(|spec| spec.is_open_to(&caller.permissions)) { Ok(()) } else { Err(too_large(limit)) }
}

/// Whether the body of this operation may be longer than `limit` bytes.
pub(super) fn check_name(name: &str, caller: &Caller, limit: usize) -> Result<(), Failure> {
    let spec = find_operation(name).filter(|spec| carries_file(spec)).ok_or_else(|| too_large(limit))?;
    let Some(missing) = spec.permission.filter(|permission| !caller.may(*permission)) else {
        return Ok(());
    };
    let permission = missing.name();
    let message = format!("The permission {permission} is required.");
    Err(Failure::of(Item::new(Code::PermissionMissing, message).detail("permission", permission)))
}

fn carries_file(spec: &OperationSpec) -> bool {
    spec.fields.iter().any(|field| matches!(field.shape, Shape::Base64 { .. }))
}

fn too_large(limit: usize) -> Failure {
    let message = format!(
        "The body is larger than {limit} bytes; only a command with a file may be longer, and its commandName \
         must precede the file."
    );
    Failure::of(Item::new(Code::BodyTooLarge, message).detail("limit", limit))
}

/// The name of the operation, if it is in this part of a body. Values before it are skipped.
fn leading_name(kind: OperationKind, prefix: &[u8]) -> Option<String> {
    let mut name = None;
    // The text is incomplete, so this always ends with an error; the name found before it counts.
    let _incomplete = serde_json::Deserializer::from_slice(prefix)
        .deserialize_map(NameVisitor { member: kind.name_member(), name: &mut name });
    name
}

struct NameVisitor<'a> {
    member: &'static str,
    name: &'a mut Option<String>,
}

impl<'de> Visitor<'de> for NameVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(member) = members.next_key::<String>()? {
            if member == self.member || member == "cmd" {
                *self.name = Some(members.next_value()?);
                return Ok(());
            }
            members.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use client_domain::{Actor, Permission, Permissions};

    use super::*;

    fn caller(permissions: &[Permission]) -> Caller {
        Caller::new(Actor::parse("maker").unwrap(), permissions.iter().copied().collect::<Permissions>())
    }

    #[test]
    fn name_is_found_in_the_beginning_of_a_body() {
        for (prefix, expected) in [
            (r#"{"commandName":"X","data":{"a":"AAAA"#, Some("X")),
            (r#"{"dryRun":true,"cmd":"X","data":{"#, Some("X")),
            (r#"{"data":{"a":[1,{}]},"commandName":"X""#, Some("X")),
            (r#"{"data":{"commandName":"inner","base64Doc":"AAAA"#, None),
            (r#"{"queryName":"X","data":{"#, None),
            (r#"{"commandName":1,"data":{"#, None),
            ("[", None),
            ("", None),
        ] {
            assert_eq!(
                leading_name(OperationKind::Command, prefix.as_bytes()).as_deref(),
                expected,
                "{prefix}"
            );
        }
    }

    #[test]
    fn only_a_command_with_a_file_and_its_permission_may_be_large() {
        let check = |prefix: &str, permissions: &[Permission]| {
            let outcome = check(OperationKind::Command, prefix.as_bytes(), &caller(permissions), 64);
            outcome.map_err(|failure| failure.status.http())
        };
        let upload = r#"{"commandName":"CreateIdentityDocumentCommand","data":{"base64Doc":"AAAA"#;
        assert_eq!(check(upload, &[Permission::KycWrite]), Ok(()));
        assert_eq!(check(upload, &[Permission::Read]), Err(403));
        for name in ["CreateContactCommand", "NoSuch", "RetrieveContactListQuery"] {
            let all = Permission::ALL;
            assert_eq!(check(&format!(r#"{{"commandName":"{name}","data":{{"#), &all), Err(413), "{name}");
        }
        let unnamed = r#"{"data":{"base64Doc":"AAAA"#;
        assert_eq!(check(unnamed, &[Permission::KycWrite]), Ok(()));
        assert_eq!(check(unnamed, &[Permission::Read]), Err(413));
    }
}
