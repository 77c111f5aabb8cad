use client_domain::search::{Condition, Logic, Operand, Predicate, Value, Word};
use serde_json::{Value as Json, json};

/// Writes a predicate as the list of filters that is read back as the same predicate.
///
/// A predicate of empty groups has no such filters: they are refused when they are read, because a group that was left
/// empty is more likely a mistake.
///
/// ```
/// use client_domain::search::field;
/// use client_wire::predicate;
/// use serde_json::json;
///
/// let wanted = field::LAST_NAME.starts_with("Bal").or(field::DATE_CREATED.this_week()).check()?;
/// assert_eq!(predicate::write(&wanted), json!([{ "logic": "or", "filters": [
///     { "propertyName": "lastName", "operator": "StartsWith", "value": "Bal" },
///     { "propertyName": "dateCreated", "operator": "ThisWeek" },
/// ]}]));
/// # Ok::<(), client_domain::search::Faults>(())
/// ```
pub fn write(predicate: &Predicate) -> Json {
    match predicate {
        Predicate::All(all) => list(all),
        one => Json::Array(vec![item(one)]),
    }
}

fn list(items: &[Predicate]) -> Json {
    items.iter().map(item).collect()
}

fn item(predicate: &Predicate) -> Json {
    let group = |logic: Logic, items: &[Predicate]| json!({ "logic": logic.name(), "filters": list(items) });
    match predicate {
        // One term of several words is one condition, and must not become more than filters may have.
        Predicate::All(all) if let Some(term) = term(all) => json!({ "searchTerm": term }),
        Predicate::All(all) => group(Logic::And, all),
        Predicate::Any(any) => group(Logic::Or, any),
        Predicate::Not(other) => group(Logic::Not, std::slice::from_ref(other)),
        Predicate::Where(condition) => written(condition),
        Predicate::Mentions(word) => json!({ "searchTerm": word.written() }),
    }
}

/// The search term that is read as these words, if there is one.
pub(super) fn term(all: &[Predicate]) -> Option<String> {
    let words = all.iter().map(|one| match one {
        Predicate::Mentions(word) => Some(word),
        _ => None,
    });
    let words = words.collect::<Option<Vec<_>>>()?;
    let term = words.iter().map(|word| word.written()).collect::<Vec<_>>().join(" ");
    let is_read_again = || Word::read(&term).is_ok_and(|read| read.iter().eq(words.iter().copied()));
    (all.len() > 1 && is_read_again()).then_some(term)
}

fn written(condition: &Condition) -> Json {
    let mut members = json!({
        "propertyName": condition.property().name(),
        "operator": condition.operator().name(),
    });
    let value = match condition.operand() {
        Operand::Nothing => return members,
        Operand::One(value) => scalar(value),
        Operand::List(values) => values.iter().map(scalar).collect(),
    };
    if let Some(members) = members.as_object_mut() {
        members.insert("value".to_owned(), value);
    }
    members
}

fn scalar(value: &Value) -> Json {
    match value {
        Value::Flag(flag) => Json::from(*flag),
        Value::Number(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
        // No condition has such a value.
        Value::OtherNumber | Value::Other => Json::Null,
    }
}
