//! The rows of the filter builder, and what is said about each.

use client_wire::Failure;

use crate::command::field::Choice;
use crate::part::words;
use crate::record::Record;
use crate::search::Condition;
use crate::sentence::{Sentence, index};
use crate::visit::Visit;

/// A row of the filter builder.
pub(crate) struct Row {
    pub(crate) number: usize,
    pub(crate) properties: Vec<Choice>,
    pub(crate) operators: Vec<Choice>,
    pub(crate) value: String,
    /// The values of a closed list.
    pub(crate) values: Vec<Choice>,
    /// What is wrong with the condition.
    pub(crate) errors: Vec<String>,
}

/// A row of the filter builder, from the catalogue of the service.
pub(crate) fn builder(visit: &Visit, number: usize, condition: &Condition, properties: &[Record]) -> Row {
    let chosen = properties.iter().find(|property| property.text("propertyName") == condition.property);
    let mut operators: Vec<String> = Vec::new();
    for property in chosen.map_or(properties, std::slice::from_ref) {
        let new: Vec<_> =
            property.names("operators").into_iter().filter(|name| !operators.contains(name)).collect();
        operators.extend(new);
    }
    let choice = |group: &str, name: String, chosen: &str| Choice {
        label: visit.language.word(group, &name),
        selected: name == chosen,
        value: name,
    };
    let names = properties.iter().map(|property| property.text("propertyName"));
    Row {
        number,
        properties: names.map(|name| choice("field", name, &condition.property)).collect(),
        operators: operators.into_iter().map(|name| choice("operator", name, &condition.operator)).collect(),
        value: condition.value.clone(),
        values: chosen.map(|property| values(visit, property)).unwrap_or_default(),
        errors: Vec::new(),
    }
}

/// The values of a closed list, with what they mean.
fn values(visit: &Visit, property: &Record) -> Vec<Choice> {
    let name = property.text("propertyName");
    let choice =
        |value: String| Choice { label: words(visit.language, &name, &value), value, selected: false };
    property.names("choices").into_iter().map(choice).collect()
}

/// Says of each sentence about a condition which row it is about, and repeats it there.
pub(crate) fn place(
    visit: &Visit,
    sentences: &mut [Sentence],
    failure: &Failure,
    rows: &mut [Row],
    conditions: &[Condition],
    properties: &[Record],
) {
    for (sentence, item) in sentences.iter_mut().zip(&failure.items) {
        let Some(at) = sentence.field.as_deref().and_then(|path| index(path, "filters[")) else { continue };
        let Some(condition) = conditions.get(at) else {
            sentence.label = Some(visit.text("views.kept"));
            continue;
        };
        if let Some(key) = condition.help(item, properties) {
            sentence.text = visit.text(key);
        }
        let number = (condition.row + 1).to_string();
        sentence.label = Some(visit.language.filled("views.condition", &[("number", &number)]));
        if let Some(row) = rows.iter_mut().find(|row| row.number == condition.row) {
            row.errors.push(sentence.text.clone());
        }
    }
}
