//! From the fields of a form to the data of a command.

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_wire::spec::{FieldSpec, Need, Shape};
use serde_json::{Map, Value};

use crate::document_upload::ending;
use crate::fields::Fields;

/// The data of a command: what the person has filled in. `before` has the values that the fields held at first; a field
/// that still holds its value is left out, so that only changes are sent.
pub(crate) fn data(
    members: &[&'static FieldSpec],
    fields: &Fields,
    before: Option<&dyn Fn(&FieldSpec) -> String>,
) -> Map<String, Value> {
    let mut data = Map::new();
    for member in members {
        let value = match &member.shape {
            Shape::Base64 { .. } => fields.file.as_ref().map(|(_, bytes)| encoded(bytes)),
            Shape::List { of, .. } | Shape::SomeOf { of, .. } => list(fields, member.name, of),
            Shape::Flag => fields.has(member.name).then_some(Value::Bool(true)),
            _ => one(member, fields, before),
        };
        data.extend(value.map(|value| (member.name.to_owned(), value)));
    }
    extension(members, fields, &mut data);
    data
}

fn one(member: &FieldSpec, fields: &Fields, before: Option<&dyn Fn(&FieldSpec) -> String>) -> Option<Value> {
    // A browser sends the lines of a text with both characters.
    let text = fields.text(member.name)?.replace("\r\n", "\n");
    let is_empty = text.trim().is_empty();
    let changes = matches!(member.need, Need::Clearable | Need::Settable);
    if changes {
        let kept = before.map_or(is_empty, |before| before(member).replace("\r\n", "\n") == text);
        if kept {
            return None;
        }
        // The command says whether the value can be cleared.
        return Some(if is_empty { Value::Null } else { typed(&member.shape, &text) });
    }
    (!is_empty).then(|| typed(&member.shape, &text))
}

/// The text as the JSON type of the shape. What is no number stays a text, and the command says so.
fn typed(shape: &Shape, text: &str) -> Value {
    match shape {
        Shape::Integer { .. } | Shape::Numbers(_) => {
            text.trim().parse::<i64>().map_or_else(|_| text.into(), Value::from)
        }
        _ => text.into(),
    }
}

fn list(fields: &Fields, name: &'static str, of: &Shape) -> Option<Value> {
    let values: Vec<Value> = fields.all(name).map(|text| typed(of, text)).collect();
    (!values.is_empty()).then_some(Value::Array(values))
}

fn encoded(bytes: &Bytes) -> Value {
    STANDARD.encode(bytes).into()
}

/// The extension of a file, if the person did not choose one.
fn extension(members: &[&'static FieldSpec], fields: &Fields, data: &mut Map<String, Value>) {
    let Some((name, content)) = &fields.file else { return };
    let Some(member) = members.iter().find(|member| member.name == "docExtension") else { return };
    let Shape::Choice(choices) = member.shape else { return };
    if let (Some(found), false) = (ending(name, content, choices), data.contains_key(member.name)) {
        data.insert(member.name.to_owned(), found.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::command::table::CommandForm;

    fn fields(texts: &[(&str, &str)]) -> Fields {
        let texts = texts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Fields { texts: texts.collect(), ..Fields::default() }
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let members = CommandForm::find("update").unwrap().members();
        let before = |field: &FieldSpec| match field.name {
            "firstName" => "Adaeze".to_owned(),
            "middleName" => "Ngozi".to_owned(),
            "maritalStatus" => "1".to_owned(),
            _ => String::new(),
        };
        let texts = [
            ("firstName", "Adaeze"),
            ("middleName", ""),
            ("maritalStatus", "2"),
            ("city", "Ikeja"),
            ("hm", "x"),
        ];
        let sent = data(&members, &fields(&texts), Some(&before));
        assert_eq!(Value::Object(sent), json!({ "middleName": null, "maritalStatus": 2, "city": "Ikeja" }));
    }

    #[test]
    fn a_text_of_several_lines_that_was_not_changed_is_not_sent() {
        let members = CommandForm::find("update").unwrap().members();
        let address = |before: &'static str, sent: &str| {
            let held = move |field: &FieldSpec| if field.name == "address" { before } else { "" }.to_owned();
            data(&members, &fields(&[("address", sent)]), Some(&held)).remove("address")
        };
        assert_eq!(address("7 Way\nFlat\t3", "7 Way\r\nFlat\t3"), None);
        assert_eq!(address("7 Way\nFlat 3", "7 Way\r\nFlat 4"), Some(json!("7 Way\nFlat 4")));
    }

    #[test]
    fn a_file_brings_its_extension_and_a_list_every_value() {
        let members = CommandForm::find("submit-document").unwrap().members();
        let file = Some(("Scan.PDF".to_owned(), Bytes::from_static(b"%PDF")));
        let sent =
            data(&members, &Fields { file, ..fields(&[("identityType", "2"), ("idNumber", "A1")]) }, None);
        assert_eq!(
            Value::Object(sent),
            json!({ "identityType": 2, "idNumber": "A1", "base64Doc": "JVBERg==", "docExtension": ".pdf" })
        );
        let members = CommandForm::find("approve").unwrap().members();
        let sent = data(&members, &fields(&[("reviewedLookAlikes", "a"), ("reviewedLookAlikes", "b")]), None);
        assert_eq!(Value::Object(sent), json!({ "reviewedLookAlikes": ["a", "b"] }));
        let members = CommandForm::find("request-documents").unwrap().members();
        let sent = data(&members, &fields(&[("identityTypes", "2"), ("identityTypes", "5")]), None);
        assert_eq!(Value::Object(sent), json!({ "identityTypes": [2, 5] }));
    }
}
