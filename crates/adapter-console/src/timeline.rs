//! A line of a client's history.

use serde_json::Value;

use crate::language::Language;
use crate::part::moment;
use crate::record::Record;

/// A line of the history as a page shows it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) moment: String,
    pub(crate) event: String,
    pub(crate) by: String,
    /// The change of the state, if it changed.
    pub(crate) states: String,
    pub(crate) texts: Vec<String>,
}

/// The line of an entry.
pub(crate) fn line(language: &Language, entry: &Record) -> Line {
    let (from, to) = (entry.text("fromState"), entry.text("toState"));
    let state = |name: &str| language.word("state", name);
    let states = match from.as_str() {
        "" => state(&to),
        from if from == to => String::new(),
        from => format!("{} → {}", state(from), state(&to)),
    };
    let values = entry.records("values");
    let mut texts = Vec::new();
    if values.is_empty() {
        let fields: Vec<_> =
            entry.names("changedFields").iter().map(|name| language.word("field", name)).collect();
        if !fields.is_empty() {
            texts.push(language.filled("history.changed", &[("fields", &fields.join(", "))]));
        }
    }
    for value in &values {
        let field = language.word("field", &value.text("field"));
        let (before, after) = (value.text("before"), value.text("after"));
        texts.push(format!("{field}: {} → {}", or_nothing(language, &before), or_nothing(language, &after)));
    }
    let requested = entry.value("identityTypes").and_then(Value::as_array);
    let kind = |number: &Value| language.word("choice.identityType", &number.to_string());
    let kinds: Vec<_> = requested.into_iter().flatten().map(kind).collect();
    if !kinds.is_empty() {
        texts.push(language.filled("history.requested", &[("documents", &kinds.join(", "))]));
    }
    let reason = [entry.text("reasonText"), entry.text("reason"), entry.text("notes")];
    texts.extend(reason.into_iter().filter(|text| !text.is_empty()));
    let at = entry.text("at");
    Line {
        moment: moment(&at),
        at,
        event: language.word("event", &entry.text("event")),
        by: person(entry),
        states,
        texts,
    }
}

/// Who did it: the e-mail address, with the subject by which a page finds what a person did.
pub(crate) fn person(entry: &Record) -> String {
    let (email, id) = (entry.text("actorEmail"), entry.text("actorId"));
    match (email.is_empty(), id.is_empty() || id == email) {
        (true, _) => id,
        (false, true) => email,
        (false, false) => format!("{email} ({id})"),
    }
}

/// A value, or the word for none.
pub(crate) fn or_nothing(language: &Language, value: &str) -> String {
    if value.is_empty() { language.text("change.nothing") } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_is_named_by_the_subject_that_a_page_searches_for() {
        let named = |entry: serde_json::Value| person(&serde_json::from_value(entry).unwrap());
        assert_eq!(
            named(json!({ "actorId": "u-1", "actorEmail": "ada@bank.example" })),
            "ada@bank.example (u-1)"
        );
        assert_eq!(named(json!({ "actorId": "u-1", "actorEmail": null })), "u-1");
        assert_eq!(
            named(json!({ "actorId": "ada@bank.example", "actorEmail": "ada@bank.example" })),
            "ada@bank.example"
        );
        assert_eq!(named(json!({})), "");
    }
}
