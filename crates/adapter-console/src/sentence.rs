//! Failures and blockers in the words of a language.

use client_wire::{Code, Failure, Item};
use serde_json::{Map, Value};

use crate::language::Language;
use crate::record::Record;
use crate::url;

/// The detail of a failure that says that a file is missing, and no text.
pub(crate) const FILE: &str = "file";

/// One sentence about a failed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// The path of the field that it is about.
    pub(crate) field: Option<String>,
    /// The name of that field for people.
    pub(crate) label: Option<String>,
    pub(crate) text: String,
    /// Every condition that is not met.
    pub(crate) reasons: Vec<Reason>,
    /// The clients that it names.
    pub(crate) links: Vec<ClientLink>,
}

/// Why something is not possible, or what it is warned of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) text: String,
    /// The clients that it names.
    pub(crate) links: Vec<ClientLink>,
}

/// A way to a client that an answer names. Its name is on its page, for people who may see it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientLink {
    pub(crate) path: String,
    pub(crate) label: String,
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self { text, links: Vec::new() }
    }
}

impl Sentence {
    /// A sentence that is about no field.
    pub(crate) const fn plain(text: String) -> Self {
        Self { field: None, label: None, text, reasons: Vec::new(), links: Vec::new() }
    }
}

/// The sentences of a failure.
pub(crate) fn sentences(language: &Language, failure: &Failure) -> Vec<Sentence> {
    failure.items.iter().map(|item| sentence(language, item)).collect()
}

fn sentence(language: &Language, item: &Item) -> Sentence {
    let mut details = item.details.clone();
    details.insert("message".to_owned(), capital(&item.message).into());
    let text = if item.details.contains_key(FILE) {
        Some(language.text("form.file.missing"))
    } else {
        filled(language, &format!("error.{}", item.code.name()), &details)
    };
    let unmet = item.details.get("unmet").and_then(Value::as_array);
    let reasons = unmet.into_iter().flatten().map(|blocker| reason(language, blocker)).collect();
    let label = item.field.as_deref().and_then(|path| language.find_text(&format!("field.{}", member(path))));
    // A column of a file, or a member of one that there is not, has the name that the person has given it.
    let column = item.field.clone().filter(|_| matches!(item.code, Code::BatchContent | Code::UnknownMember));
    Sentence {
        field: item.field.clone(),
        label: label.map(str::to_owned).or(column),
        text: text.unwrap_or_else(|| capital(&item.message)),
        reasons,
        links: client_links(language, &item.details),
    }
}

/// The sentence of an error that an answer lists, with its code, field and message, and perhaps details.
pub(crate) fn listed(language: &Language, error: &Record) -> Sentence {
    let code = Code::ALL.iter().copied().find(|code| code.name() == error.text("code"));
    let message = error.text("message");
    let item = |code| Item {
        code,
        field: Some(error.text("field")).filter(|path| !path.is_empty()),
        message: message.clone(),
        details: error.value("details").and_then(Value::as_object).cloned().unwrap_or_default(),
    };
    match code {
        Some(code) => sentence(language, &item(code)),
        // Of another release.
        None => Sentence { text: capital(&message), ..sentence(language, &item(Code::Internal)) },
    }
}

/// Why an operation is not possible, and what would help.
pub(crate) fn reason(language: &Language, blocker: &Value) -> Reason {
    let none = Map::new();
    let members = blocker.as_object().unwrap_or(&none);
    let code = members.get("code").and_then(Value::as_str).unwrap_or_default();
    let message = members.get("message").and_then(Value::as_str);
    let text = filled(language, &format!("blocker.{}", case(code, members)), members);
    let text = text.or_else(|| message.map(str::to_owned)).unwrap_or_else(|| code.to_owned());
    Reason { text, links: client_links(language, members) }
}

/// The text of a blocker that has one for each of its cases.
fn case<'a>(code: &'a str, members: &Map<String, Value>) -> &'a str {
    let lists = |name: &str| members.get(name).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    match code {
        "four_eyes" if lists("touched") => code,
        "four_eyes" if members.contains_key("touched") => "four_eyes_uncertain",
        "four_eyes" => "four_eyes_batch",
        "batch_state" if members.contains_key("permissions") => "batch_permissions",
        "permission_missing" if !members.contains_key("permission") => "batch_of_another",
        _ => code,
    }
}

/// The clients that an error or a blocker names, which are those that the person may see.
fn client_links(language: &Language, members: &Map<String, Value>) -> Vec<ClientLink> {
    let listed = members.get("contacts").and_then(Value::as_array).into_iter().flatten();
    let keys = listed.chain(members.get("returnedAsContactEncodedKey")).filter_map(Value::as_str);
    let keys: Vec<_> = keys.collect();
    let label = |at: usize| match keys.len() {
        1 => language.text("client.show"),
        _ => language.filled("client.show.number", &[("number", &(at + 1).to_string())]),
    };
    keys.iter().enumerate().map(|(at, key)| ClientLink { path: url::client(key), label: label(at) }).collect()
}

/// The text with this key and these values in it; none if a value of it is missing.
fn filled(language: &Language, key: &str, values: &Map<String, Value>) -> Option<String> {
    let mut text = language.find_text(key)?.to_owned();
    for (name, value) in values {
        let slot = format!("{{{name}}}");
        if text.contains(&slot) {
            text = text.replace(&slot, &words(language, name, value));
        }
    }
    // A value that holds a brace came from here; a slot that is left did not.
    let template = language.find_text(key).unwrap_or_default();
    let slots = template.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    slots.into_iter().all(|slot| values.contains_key(slot)).then_some(text)
}

/// A value of the wire as people say it.
fn words(language: &Language, name: &str, value: &Value) -> String {
    match value {
        Value::String(text) => match name {
            "permission" => language.word("permission", text),
            "action" => language.word("action", text),
            "currentState" => language.word("state", text),
            "verificationStatus" => language.word("status", text),
            "check" => language.word("check", text),
            "field" => language.word("field", text),
            "state" => language.word("batchstate", text),
            _ => text.clone(),
        },
        Value::Array(values) => {
            let group = match name {
                "neededStates" => "state",
                "touched" => "touch",
                "changedFields" | "fields" => "field",
                "points" => "point",
                "operators" => "operator",
                "permissions" => "permission",
                _ => "value",
            };
            let texts: Vec<_> = values.iter().map(|value| item_words(language, group, value)).collect();
            texts.join(", ")
        }
        Value::Null => String::new(),
        Value::Object(_) => item_words(language, name, value),
        other => other.to_string(),
    }
}

fn item_words(language: &Language, group: &str, value: &Value) -> String {
    match value {
        Value::String(text) => language.word(group, text),
        Value::Object(members) => {
            let requirement = members.get("requirement").and_then(Value::as_str).unwrap_or_default();
            let standing = members.get("standing").and_then(Value::as_str).unwrap_or_default();
            format!("{requirement} ({})", language.word("standing", standing))
        }
        other => other.to_string(),
    }
}

/// The name of the member at the end of a path, such as `value` of `filters[0].value`.
pub(crate) fn member(path: &str) -> &str {
    let last = path.rsplit('.').next().unwrap_or(path);
    last.split('[').next().unwrap_or(last)
}

/// The index behind the beginning of a path, such as 2 of `filters[2].value` behind `filters[`.
pub(crate) fn index(path: &str, list: &str) -> Option<usize> {
    path.strip_prefix(list)?.split(']').next()?.parse().ok()
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use client_wire::Code;
    use serde_json::json;

    use super::*;

    fn english() -> &'static Language {
        Language::accepted("en")
    }

    #[test]
    fn sentence_names_the_limit_and_the_field() {
        let item =
            Item::new(Code::TooLong, "must have at most 80 characters").field("firstName").detail("max", 80);
        let sentence = sentence(english(), &item);
        assert_eq!(sentence.text, "Use at most 80 characters.");
        assert_eq!(sentence.label.as_deref(), Some("First name"));
    }

    #[test]
    fn sentence_without_its_value_is_that_of_the_service() {
        let item = Item::new(Code::TooLong, "must have at most 80 characters");
        assert_eq!(sentence(english(), &item).text, "Must have at most 80 characters");
    }

    #[test]
    fn a_refusal_lists_every_blocker_in_words() {
        let blocker = json!({ "code": "state", "neededStates": ["Approved", "Active"] });
        let reason = reason(english(), &blocker);
        assert_eq!(reason.text, "It is possible only while the client is: Approved, Active.");
        let missing = json!({ "code": "kyc_incomplete", "missing": [
            { "requirement": "Utility Bill", "anyOf": ["Utility Bill"], "standing": "MISSING" }
        ] });
        assert!(
            super::reason(english(), &missing).text.contains("Utility Bill ("),
            "the requirement is named"
        );
    }

    #[test]
    fn a_blocker_is_in_the_words_of_the_console() {
        let text = |blocker: Value| reason(english(), &blocker).text;
        let message = "In the words of the service.";
        let touched = json!({ "code": "four_eyes", "message": message, "touched": ["created", "updated"] });
        assert_eq!(
            text(touched),
            "Another person has to approve it. Since its last approval you created the client, changed its details."
        );
        let uncertain =
            json!({ "code": "four_eyes", "message": message, "touched": [], "tooManyMakers": true });
        assert!(text(uncertain).contains("you may be one of them"));
        let of_batch = json!({ "code": "four_eyes", "message": message });
        assert!(text(of_batch).contains("uploaded this batch"));
        let state = json!({ "code": "batch_state", "message": message, "state": "finished" });
        assert!(text(state).contains("finished"));
        let lacking = json!({ "code": "batch_state", "message": message, "permissions": ["customers.exit"] });
        assert!(text(lacking).contains("end relationships"));
        assert_eq!(text(json!({ "code": "of_another_release", "message": message })), message);
    }

    #[test]
    fn a_reason_leads_to_the_clients_that_it_names() {
        let links = |blocker: Value| reason(english(), &blocker).links;
        let duplicate = links(json!({ "code": "duplicate_phone", "contacts": ["a", "b"] }));
        let labels: Vec<_> = duplicate.iter().map(|link| (&*link.path, &*link.label)).collect();
        assert_eq!(
            labels,
            [("/console/clients/a", "Show client 1"), ("/console/clients/b", "Show client 2")]
        );
        let returned = links(json!({ "code": "returned", "returnedAsContactEncodedKey": "c" }));
        assert_eq!(returned[0].path, "/console/clients/c");
        let item = Item::new(Code::DuplicatePhone, "").detail("contacts", json!(["d"]));
        assert_eq!(sentence(english(), &item).links[0].label, "Show the client");
    }

    #[test]
    fn the_member_of_a_path_is_its_last_name() {
        assert_eq!(member("filters[0].value[2]"), "value");
        assert_eq!(member("firstName"), "firstName");
    }
}
