//! The body of a command or query: a name, its data, and no unknown members.

use crate::code::Code;
use crate::failure::{Failure, Item};
use serde_json::{Map, Value};

use crate::spec::OperationKind;
use crate::strict_json;

/// An error does not repeat a longer member name.
const MAX_NAME_SHOWN: usize = 64;

/// A well-formed request. [`Operations`](crate::operations::Operations) checks whether its operation exists.
///
/// ```
/// use client_wire::OperationRequest;
/// use client_wire::spec::OperationKind;
///
/// let body = br#"{"queryName":"RetrieveLifecycleQuery","data":{}}"#;
/// let request = OperationRequest::parse(OperationKind::Query, body, Vec::new()).unwrap();
/// assert_eq!(request.name, "RetrieveLifecycleQuery");
/// assert!(OperationRequest::parse(OperationKind::Query, b"{}", Vec::new()).is_err());
/// ```
#[derive(Debug, PartialEq)]
pub struct OperationRequest {
    /// The name of the operation.
    pub name: String,
    /// Its data.
    pub data: Map<String, Value>,
    /// Whether this is a dry run, which writes nothing.
    pub dry_run: bool,
}

impl OperationRequest {
    /// Reads a body. `items` holds the errors so far, and the failure lists them together with all errors of the body.
    pub fn parse(kind: OperationKind, body: &[u8], items: Vec<Item>) -> Result<Self, Failure> {
        Self::of(kind, Self::members(body)?, items)
    }

    /// The members of a body. Where the path is the operation, they are its data.
    pub fn members(body: &[u8]) -> Result<Map<String, Value>, Failure> {
        // PowerShell and other tools write a byte order mark before UTF-8, which RFC 8259 allows a reader to ignore.
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        strict_json::object(body).map_err(|at| {
            let item = Item::new(Code::MalformedJson, Code::MalformedJson.meaning());
            Failure::of(item.detail("line", at.line).detail("column", at.column))
        })
    }

    /// Reads the members of a body. `items` holds the errors so far.
    pub(crate) fn of(
        kind: OperationKind,
        mut members: Map<String, Value>,
        mut items: Vec<Item>,
    ) -> Result<Self, Failure> {
        let name = take_name(kind, &mut members, &mut items);
        let data = match members.remove("data") {
            None => Map::new(),
            Some(Value::Object(data)) => data,
            Some(_) => {
                items.push(Item::new(Code::WrongType, "must be an object").field("data"));
                Map::new()
            }
        };
        let dry_run = take_dry_run(kind, &mut members, &mut items);
        items.extend(members.keys().map(|member| unknown(kind, member)));
        match name {
            Some(name) if items.is_empty() => Ok(Self { name, data, dry_run }),
            _ => Err(Failure::invalid(items)),
        }
    }
}

fn take_name(kind: OperationKind, members: &mut Map<String, Value>, items: &mut Vec<Item>) -> Option<String> {
    let member = kind.name_member();
    let item = |code, message| Item::new(code, message).field(member);
    match (members.remove(member), members.remove("cmd")) {
        (Some(_), Some(_)) => {
            items.push(item(Code::ExactlyOne, "the name must be given only once, here or in `cmd`"));
            None
        }
        (Some(Value::String(name)), None) | (None, Some(Value::String(name))) if !name.is_empty() => {
            Some(name)
        }
        (Some(Value::String(_)), None) | (None, Some(Value::String(_))) => {
            items.push(item(Code::TooShort, "must have at least 1 character"));
            None
        }
        (Some(_), None) | (None, Some(_)) => {
            items.push(item(Code::WrongType, "must be text"));
            None
        }
        // If the other kind's member is present, its error explains the mistake, and a second error would not help.
        (None, None) if !members.contains_key(kind.other().name_member()) => {
            items.push(item(Code::Required, "the name of the operation is missing"));
            None
        }
        (None, None) => None,
    }
}

fn take_dry_run(kind: OperationKind, members: &mut Map<String, Value>, items: &mut Vec<Item>) -> bool {
    let value = if kind == OperationKind::Command { members.remove("dryRun") } else { None };
    match value {
        None => false,
        Some(Value::Bool(dry_run)) => dry_run,
        Some(_) => {
            items.push(Item::new(Code::WrongType, "must be true or false").field("dryRun"));
            false
        }
    }
}

fn unknown(kind: OperationKind, member: &str) -> Item {
    let other = kind.other();
    if member == other.name_member() {
        let message = format!("{} are sent to {}", other.plural(), other.path());
        return Item::new(Code::WrongEndpoint, message).field(member);
    }
    let item = Item::new(Code::UnknownMember, "the request has no such member");
    let shown = member.len() <= MAX_NAME_SHOWN && !member.chars().any(char::is_control);
    if shown { item.field(member) } else { item }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(
        kind: OperationKind,
        body: &Value,
    ) -> Result<OperationRequest, Vec<(&'static str, Option<String>)>> {
        OperationRequest::parse(kind, body.to_string().as_bytes(), Vec::new()).map_err(|failure| {
            assert_eq!(failure.status.http(), 400);
            failure.items.into_iter().map(|item| (item.code.name(), item.field)).collect()
        })
    }

    #[test]
    fn every_form_of_a_request_is_read() {
        let data = json!({"id": 1});
        let expected = |dry_run| {
            Ok(OperationRequest { name: "X".into(), data: data.as_object().unwrap().clone(), dry_run })
        };
        assert_eq!(
            parse(OperationKind::Command, &json!({"commandName": "X", "data": data})),
            expected(false)
        );
        assert_eq!(
            parse(OperationKind::Command, &json!({"cmd": "X", "data": data, "dryRun": true})),
            expected(true)
        );
        assert_eq!(parse(OperationKind::Query, &json!({"queryName": "X", "data": data})), expected(false));
        assert_eq!(parse(OperationKind::Query, &json!({"cmd": "X", "data": data})), expected(false));
        assert_eq!(parse(OperationKind::Query, &json!({"queryName": "X"})).unwrap().data, Map::new());
    }

    #[test]
    fn every_error_names_its_member() {
        let long = "m".repeat(65);
        for (kind, body, expected) in [
            (OperationKind::Command, json!({}), vec![("required", Some("commandName"))]),
            (OperationKind::Query, json!({}), vec![("required", Some("queryName"))]),
            (
                OperationKind::Command,
                json!({"commandName": "X", "cmd": "X"}),
                vec![("exactly_one", Some("commandName"))],
            ),
            (OperationKind::Command, json!({"commandName": 1}), vec![("wrong_type", Some("commandName"))]),
            (OperationKind::Command, json!({"cmd": null}), vec![("wrong_type", Some("commandName"))]),
            (OperationKind::Command, json!({"cmd": ""}), vec![("too_short", Some("commandName"))]),
            (OperationKind::Command, json!({"queryName": "X"}), vec![("wrong_endpoint", Some("queryName"))]),
            (
                OperationKind::Query,
                json!({"commandName": "X"}),
                vec![("wrong_endpoint", Some("commandName"))],
            ),
            (
                OperationKind::Query,
                json!({"cmd": "X", "dryRun": true}),
                vec![("unknown_member", Some("dryRun"))],
            ),
            (OperationKind::Query, json!({"cmd": "X", "data": null}), vec![("wrong_type", Some("data"))]),
            (OperationKind::Query, json!({"cmd": "X", "Data": {}}), vec![("unknown_member", Some("Data"))]),
            (OperationKind::Query, json!({"cmd": "X", long: {}}), vec![("unknown_member", None)]),
            (OperationKind::Query, json!({"cmd": "X", "a\u{0}": {}}), vec![("unknown_member", None)]),
            (
                OperationKind::Command,
                json!({"commandName": [], "data": [], "dryRun": "yes", "extra": 1}),
                vec![
                    ("wrong_type", Some("commandName")),
                    ("wrong_type", Some("data")),
                    ("wrong_type", Some("dryRun")),
                    ("unknown_member", Some("extra")),
                ],
            ),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(code, field)| (code, field.map(str::to_owned))).collect();
            assert_eq!(parse(kind, &body), Err(expected), "{body}");
        }
    }

    #[test]
    fn one_byte_order_mark_is_ignored() {
        let body = |marks: usize| {
            let text = format!("{}{}", "\u{feff}".repeat(marks), json!({"cmd": "X"}));
            OperationRequest::parse(OperationKind::Query, text.as_bytes(), Vec::new()).is_ok()
        };
        assert!(body(0) && body(1) && !body(2));
    }

    #[test]
    fn answer_to_many_unknown_members_is_short() {
        let members: Map<String, Value> = (0..1000).map(|n| (n.to_string(), Value::Null)).collect();
        assert_eq!(parse(OperationKind::Command, &Value::Object(members)).unwrap_err().len(), 101);
    }
}
