//! The catalogue of reasons in a policy file.

use client_domain::Invalid;
use client_domain::reason::{
    CodedReason, InvalidReasons, ReasonCatalogue, ReasonEntry, ReasonedOperation, Rejection,
};
use client_domain::value::{ReasonCode, ReasonText};
use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::failure::Item;
use crate::form::{Form, shown};
use crate::shape;
use crate::spec::{FieldSpec, Shape};

const ENTRY: &[FieldSpec] = &[
    FieldSpec::required("code", shape::REASON_CODE, "The code, once in the list."),
    FieldSpec::required("text", shape::REASON_TEXT, "What it means, for people."),
    FieldSpec::optional(
        "final",
        Shape::Flag,
        "Of rejectDocument only: whether the same document cannot be submitted again; false by default.",
    ),
    FieldSpec::optional("retired", Shape::Flag, "Whether it is not accepted any more; false by default."),
];

const ENTRY_ANSWER: &[FieldSpec] = &[
    FieldSpec::required("code", shape::REASON_CODE, "The code."),
    FieldSpec::required("text", shape::REASON_TEXT, "What it means."),
    FieldSpec::required("final", Shape::Flag, "Whether the same document cannot be submitted again."),
    FieldSpec::required("retired", Shape::Flag, "Whether it is not accepted any more."),
];

/// The catalogue in a policy file.
pub(crate) const REASONS: FieldSpec = FieldSpec::optional(
    "reasons",
    Shape::Map {
        names: ReasonedOperation::NAMES,
        of: &Shape::SomeOf { of: &Shape::Object(ENTRY), max: ReasonCatalogue::MAX_CODES },
    },
    "For each operation with a reason the codes of which one must be given; none by default.",
);

/// The catalogue in an answer.
pub(crate) const REASONS_ANSWER: FieldSpec = FieldSpec::required(
    "reasons",
    Shape::Map {
        names: ReasonedOperation::NAMES,
        of: &Shape::List { of: &Shape::Object(ENTRY_ANSWER), max: ReasonCatalogue::MAX_CODES },
    },
    "The codes of reasons, by operation.",
);

/// The code of a reason in an answer, and what it meant when it was given.
pub(crate) const GIVEN_CODE: FieldSpec =
    FieldSpec::sometimes("reasonCode", shape::REASON_CODE, "The code of the reason, if one was given.");
pub(crate) const GIVEN_TEXT: FieldSpec =
    FieldSpec::sometimes("reasonText", shape::REASON_TEXT, "What the code meant when it was given.");
pub(crate) const REJECTED_FINALLY: FieldSpec = FieldSpec::sometimes(
    "rejectedFinally",
    Shape::Flag,
    "With the code of a rejection: whether the same document cannot be submitted again.",
);

/// Adds a given code and its text to an answer.
pub(crate) fn show(data: &mut Map<String, Value>, reason: Option<&CodedReason>) {
    if let Some(CodedReason { code, text }) = reason {
        data.insert(GIVEN_CODE.name.to_owned(), code.as_str().into());
        data.insert(GIVEN_TEXT.name.to_owned(), text.as_str().into());
    }
}

/// Adds the code of a rejection, and whether it is final.
pub(crate) fn show_rejection(data: &mut Map<String, Value>, rejection: Option<&Rejection>) {
    if let Some(Rejection { reason, is_final }) = rejection {
        show(data, Some(reason));
        data.insert(REJECTED_FINALLY.name.to_owned(), (*is_final).into());
    }
}

/// Reads the catalogue; without one there are no codes.
pub(super) fn read(form: &mut Form<'_>) -> ReasonCatalogue {
    let mut catalogue = ReasonCatalogue::default();
    let lists = match form.raw(REASONS.name) {
        None => return catalogue,
        Some(Value::Object(lists)) => lists,
        Some(_) => {
            form.wrong_type::<()>(REASONS.name, "an object");
            return catalogue;
        }
    };
    for (name, list) in lists {
        let path = format!("{}.{}", REASONS.name, shown(name));
        let known = ReasonedOperation::ALL.into_iter().find(|operation| operation.name() == name);
        let known = known.ok_or(Invalid::Choice { choices: ReasonedOperation::NAMES });
        let Some(operation) = form.keep(&path, known) else { continue };
        let Some(entries) = entries(form, &path, list) else { continue };
        match catalogue.clone().with(operation, entries) {
            Ok(extended) => catalogue = extended,
            Err(invalid) => form.fail(&path, item(invalid)),
        }
    }
    catalogue
}

/// The list of one operation; `None` if a part of it is wrong.
fn entries(form: &mut Form<'_>, path: &str, list: &Value) -> Option<Vec<ReasonEntry>> {
    let Value::Array(values) = list else { return form.wrong_type(path, "a list") };
    if values.len() > ReasonCatalogue::MAX_CODES {
        let message = format!("must have at most {} codes", ReasonCatalogue::MAX_CODES);
        form.fail(path, Item::new(Code::OutOfRange, message).detail("max", ReasonCatalogue::MAX_CODES));
        return None;
    }
    let values = values.iter().enumerate();
    let read: Vec<_> = values.map(|(at, value)| entry(form, &format!("{path}[{at}]"), value)).collect();
    read.into_iter().collect()
}

fn entry(form: &mut Form<'_>, path: &str, value: &Value) -> Option<ReasonEntry> {
    let Value::Object(members) = value else { return form.wrong_type(path, "an object with code and text") };
    let mut inner = Form::within(path.to_owned(), ENTRY, members);
    let code = inner.required("code", ReasonCode::parse);
    let text = inner.required("text", ReasonText::parse);
    let is_final = inner.flag("final").unwrap_or_default();
    let is_retired = inner.flag("retired").unwrap_or_default();
    let items = inner.into_items();
    let is_valid = items.is_empty();
    form.extend(items);
    let entry = || Some(ReasonEntry { code: code?, text: text?, is_final, is_retired });
    entry().filter(|_| is_valid)
}

fn item(invalid: InvalidReasons) -> Item {
    let code = match invalid {
        InvalidReasons::Twice => Code::ExactlyOne,
        InvalidReasons::NoneAccepted => Code::OutOfRange,
        InvalidReasons::NotFinal => Code::Format,
    };
    Item::new(code, invalid.to_string())
}

/// The catalogue as an answer shows it. It has the form of a policy file.
pub(super) fn reasons_json(catalogue: &ReasonCatalogue) -> Value {
    let lists = catalogue.lists().map(|(operation, entries)| {
        let entries: Vec<_> = entries.iter().map(entry_json).collect();
        (operation.name().to_owned(), json!(entries))
    });
    Value::Object(lists.collect())
}

fn entry_json(entry: &ReasonEntry) -> Value {
    json!({
        "code": entry.code.as_str(),
        "text": entry.text.as_str(),
        "final": entry.is_final,
        "retired": entry.is_retired,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{policy_json, read_kyc_policy};
    use super::*;

    fn read(reasons: &Value) -> Result<Value, Vec<(String, &'static str)>> {
        let file = json!({ "version": "v1", "reasons": reasons });
        match read_kyc_policy(file.as_object().unwrap()) {
            Ok(policy) => Ok(policy_json(&policy)["reasons"].clone()),
            Err(failure) => {
                let named = failure.items.iter();
                let mut named: Vec<_> =
                    named.map(|item| (item.field.clone().unwrap(), item.code.name())).collect();
                named.sort();
                Err(named)
            }
        }
    }

    #[test]
    fn shown_catalogue_can_be_read_again() {
        let short = json!({ "rejectDocument": [{ "code": "blurred", "text": "The picture is blurred" }] });
        let full = read(&short).unwrap();
        let expected = json!({ "rejectDocument": [
            { "code": "blurred", "text": "The picture is blurred", "final": false, "retired": false },
        ]});
        assert_eq!(full, expected);
        let all: Map<_, _> = ReasonedOperation::NAMES
            .iter()
            .map(|name| {
                let is_final = *name == "rejectDocument";
                let list = json!([
                    { "code": "a.1", "text": "First", "final": is_final, "retired": false },
                    { "code": "A_2", "text": "Second", "final": false, "retired": true },
                ]);
                ((*name).to_owned(), list)
            })
            .collect();
        let all = Value::Object(all);
        assert_eq!(read(&all).unwrap(), all);
        assert_eq!(read(&json!({})).unwrap(), json!({}));
    }

    #[test]
    fn all_errors_of_a_catalogue_are_reported() {
        let entry = |code: &str| json!({ "code": code, "text": "As the bank means it" });
        let many: Vec<_> = (0..101).map(|n| entry(&format!("c{n}"))).collect();
        let wrong = json!({
            "reject": "all", "approve": [], "exit": [], "blacklist": many,
            "correct": [{ "code": "two words", "text": "" }, 7, { "text": "x", "final": "yes", "until": 1 }],
            "undoBlacklist": [{ "code": "a", "text": "x", "final": true }],
            "withdraw": [entry("a"), entry("a")],
            "rejectAmendment": [{ "code": "a", "text": "x", "retired": true }],
        });
        let expected = [
            ("reasons.approve", "choice"),
            ("reasons.blacklist", "out_of_range"),
            ("reasons.correct[0].code", "format"),
            ("reasons.correct[0].text", "too_short"),
            ("reasons.correct[1]", "wrong_type"),
            ("reasons.correct[2].code", "required"),
            ("reasons.correct[2].final", "wrong_type"),
            ("reasons.correct[2].until", "unknown_member"),
            ("reasons.exit", "out_of_range"),
            ("reasons.reject", "wrong_type"),
            ("reasons.rejectAmendment", "out_of_range"),
            ("reasons.undoBlacklist", "format"),
            ("reasons.withdraw", "exactly_one"),
        ];
        let expected: Vec<_> = expected.map(|(field, code)| (field.to_owned(), code)).into();
        assert_eq!(read(&wrong).unwrap_err(), expected);
    }
}
