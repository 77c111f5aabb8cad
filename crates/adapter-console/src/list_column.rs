//! The columns of the list of clients: every member that the service lists of a client can be one.

use client_wire::find_operation;
use client_wire::spec::Shape;

use crate::command::field::Choice;
use crate::language::Language;
use crate::part::{ClientHead, moment, words};
use crate::record::Record;

/// Members that every item of the list has, and whether they are columns before the person chooses.
const OF_EVERY_ITEM: &[(&str, bool)] = &[
    ("customerNumber", true),
    ("clientState", true),
    ("emailAddress", true),
    ("phoneNumber", true),
    ("branchEncodedKey", false),
    ("dateCreated", true),
    ("lastModified", false),
];

/// A cell of the list.
pub(crate) struct Cell {
    pub(crate) text: String,
    /// The moment, where the text is one.
    pub(crate) at: Option<String>,
}

/// The members that an item has only if they are asked for.
fn further() -> &'static [&'static str] {
    let spec = find_operation("RetrieveContactListQuery");
    let fields = spec.and_then(|spec| spec.fields.iter().find(|field| field.name == "fields"));
    match fields.map(|field| field.shape) {
        Some(Shape::List { of: Shape::Choice(names), .. }) => names,
        _ => &[],
    }
}

/// The columns that the form offers, those that were chosen selected. A column of a saved view that the form does not know is
/// offered too, so that the view keeps it.
pub(crate) fn offered(language: &Language, chosen: &[String]) -> Vec<Choice> {
    let column = |name: &str, first: bool| Choice {
        value: name.to_owned(),
        label: language.word("field", name),
        selected: if chosen.is_empty() { first } else { chosen.iter().any(|one| one == name) },
    };
    let mut columns: Vec<_> = OF_EVERY_ITEM.iter().map(|(name, first)| column(name, *first)).collect();
    columns.extend(further().iter().map(|name| column(name, false)));
    for name in chosen {
        if !columns.iter().any(|column| column.value == *name) {
            columns.push(column(name, false));
        }
    }
    columns
}

/// The members that the query is asked for besides those that every item has.
pub(crate) fn asked(columns: &[Choice]) -> Vec<&str> {
    let selected = columns.iter().filter(|column| column.selected).map(|column| column.value.as_str());
    selected.filter(|name| further().contains(name)).collect()
}

/// The cell of a client in a column.
pub(crate) fn cell(language: &Language, client: &Record, column: &str) -> Cell {
    let text = client.text(column);
    match column {
        "clientState" => Cell { text: ClientHead::new(language, client).state, at: None },
        // A day and no moment: its time of day and its zone mean nothing.
        "dateOfBirth" => Cell { text: text.get(..10).unwrap_or_default().to_owned(), at: None },
        "dateCreated" | "lastModified" | "requestDate" | "approvalDate" | "rejectionDate"
            if !text.is_empty() =>
        {
            Cell { text: moment(&text), at: Some(text) }
        }
        _ => Cell { text: words(language, column, &text), at: None },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_member_that_can_be_asked_for_has_a_name() {
        let language = Language::accepted("en");
        assert!(further().len() > 20, "{:?}", further());
        for column in offered(language, &[]) {
            assert_ne!(column.label, column.value);
        }
    }

    #[test]
    fn a_choice_is_shown_by_its_word() {
        let language = Language::accepted("en");
        let client =
            json!({ "maritalStatus": 2, "isBlacklisted": false, "kycStatus": "None", "city": "Ikeja" });
        let client: Record = serde_json::from_value(client).unwrap();
        let shown = ["maritalStatus", "isBlacklisted", "kycStatus", "city", "gender"]
            .map(|column| cell(language, &client, column).text);
        assert_eq!(shown, ["Married", "no", "nothing submitted", "Ikeja", ""]);
    }

    #[test]
    fn columns_of_a_view_are_kept() {
        let language = Language::accepted("en");
        let chosen = ["customerNumber", "kycStatus", "version"].map(str::to_owned);
        let columns = offered(language, &chosen);
        let selected: Vec<_> = columns.iter().filter(|one| one.selected).map(|one| &*one.value).collect();
        assert_eq!(selected, ["customerNumber", "kycStatus", "version"]);
        assert_eq!(asked(&columns), ["kycStatus"]);
    }
}
