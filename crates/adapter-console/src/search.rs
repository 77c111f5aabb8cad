//! A search of clients as a form holds it, and as the query takes it.

use client_wire::{Code, Item};
use serde_json::{Map, Value, json};

use crate::fields::Fields;
use crate::record::Record;
use crate::sentence::member;

/// How many conditions a form has at most.
pub(crate) const MAX_CONDITIONS: usize = 10;
const PAGE_SIZE: usize = 50;

/// A search of clients.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    pub(crate) term: String,
    /// Names of states.
    pub(crate) states: Vec<String>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) columns: Vec<String>,
    pub(crate) sort: String,
    pub(crate) descending: bool,
    pub(crate) cursor: Option<String>,
    /// What the clients are counted by.
    pub(crate) group: String,
    /// What a saved view asks for besides, as members of the query in JSON; empty if there is nothing.
    pub(crate) kept: String,
}

/// A condition of the filter builder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) property: String,
    pub(crate) operator: String,
    pub(crate) value: String,
    /// Its row in the form that the person sees.
    pub(crate) row: usize,
}

impl Search {
    /// Reads the form. A chip that was pressed removes its condition, and then the search begins anew.
    pub(crate) fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
        let condition = |number: usize| Condition {
            property: text(&format!("p{number}")),
            operator: text(&format!("o{number}")),
            value: text(&format!("v{number}")).trim().to_owned(),
            row: number,
        };
        let mut search = Self {
            term: text("term").trim().to_owned(),
            states: fields.all("state").map(str::to_owned).collect(),
            conditions: (0..MAX_CONDITIONS).map(condition).filter(Condition::is_begun).collect(),
            columns: fields.all("column").map(str::to_owned).collect(),
            sort: text("sort"),
            descending: fields.text("direction") == Some("desc"),
            cursor: fields.text("cursor").map(str::to_owned),
            group: text("group"),
            kept: text("kept"),
        };
        if let Some(dropped) = fields.text("drop") {
            search.remove(dropped);
        }
        if fields.has("live") {
            // While a word is typed, a condition that is not filled in yet is no mistake. The form stays as it is.
            search.conditions.retain(Condition::is_whole);
        } else {
            search.number_rows();
        }
        search
    }

    /// Gives each condition its row in a form that is written anew.
    pub(crate) fn number_rows(&mut self) {
        for (row, condition) in self.conditions.iter_mut().enumerate() {
            condition.row = row;
        }
    }

    /// The fields of a form that say what is searched for.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let term = std::iter::once(("term".to_owned(), self.term.clone()));
        let states = self.states.iter().map(|state| ("state".to_owned(), state.clone()));
        let conditions = self.conditions.iter().flat_map(|one| {
            let parts = [("p", &one.property), ("o", &one.operator), ("v", &one.value)];
            parts.map(|(part, value)| (format!("{part}{}", one.row), value.clone()))
        });
        let kept = std::iter::once(("kept".to_owned(), self.kept.clone()));
        term.chain(states).chain(conditions).chain(kept).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The same with what is shown and in which order.
    pub(crate) fn all_fields(&self) -> Vec<(String, String)> {
        let columns = self.columns.iter().map(|column| ("column".to_owned(), column.clone()));
        let direction = if self.descending { "desc" } else { "asc" };
        let rest = [("sort", self.sort.as_str()), ("direction", direction), ("group", &self.group)];
        let rest = rest.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.fields().into_iter().chain(columns).chain(rest).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The same with the page that is shown: what an address holds.
    pub(crate) fn shown_fields(&self) -> Vec<(String, String)> {
        let cursor = self.cursor.iter().map(|cursor| ("cursor".to_owned(), cursor.clone()));
        self.all_fields().into_iter().chain(cursor).collect()
    }

    fn remove(&mut self, chip: &str) {
        match chip.split_once(':') {
            Some(("state", name)) => self.states.retain(|state| state != name),
            Some(("condition", row)) => {
                if let Ok(row) = row.parse::<usize>() {
                    self.conditions.retain(|condition| condition.row != row);
                }
            }
            _ if chip == "kept" => self.kept.clear(),
            _ => self.term.clear(),
        }
    }

    /// Whether the part of the form for conditions is in use.
    pub(crate) fn is_detailed(&self) -> bool {
        !self.conditions.is_empty() || !self.sort.is_empty() || !matches!(&*self.group, "" | "state")
    }

    /// The data of the query. `properties` says which kind of value each property has.
    pub(crate) fn data(&self, properties: &[Record]) -> Value {
        let mut data = Map::new();
        data.insert("pageSize".to_owned(), PAGE_SIZE.into());
        if !self.term.is_empty() {
            data.insert("searchTerm".to_owned(), self.term.as_str().into());
        }
        if !self.states.is_empty() {
            data.insert("status".to_owned(), json!(self.states));
        }
        if !self.conditions.is_empty() {
            let filters: Vec<_> =
                self.conditions.iter().map(|condition| condition.filter(properties)).collect();
            data.insert("filters".to_owned(), filters.into());
        }
        if !self.sort.is_empty() {
            let direction = if self.descending { "desc" } else { "asc" };
            data.insert("sort".to_owned(), json!([{ "propertyName": self.sort, "direction": direction }]));
        }
        self.add_kept(&mut data);
        if let Some(cursor) = &self.cursor {
            data.insert("cursor".to_owned(), cursor.as_str().into());
        }
        Value::Object(data)
    }
}

/// Operators that take no value.
const WITHOUT_VALUE: &[&str] = &["IsEmpty", "IsNotEmpty", "Today", "ThisWeek", "ThisMonth", "ThisYear"];

impl Condition {
    /// Whether the row says anything. A value without a property is a condition that the query refuses, and not one that is left
    /// out: without it more clients would be found than the person asks for.
    fn is_begun(&self) -> bool {
        !self.property.is_empty() || !self.value.is_empty()
    }

    fn is_whole(&self) -> bool {
        let has_value = !self.value.is_empty() || WITHOUT_VALUE.contains(&self.operator.as_str());
        !self.property.is_empty() && has_value
    }

    /// The text that says how the value of this condition is typed, where the words of the service are of JSON.
    pub(crate) fn help(&self, fault: &Item, properties: &[Record]) -> Option<&'static str> {
        let is_of_list =
            fault.field.as_deref().is_some_and(|path| member(path) == "value" && !path.ends_with(']'));
        let has_kind = |kind: &str| {
            properties.iter().any(|one| one.text("propertyName") == self.property && one.text("kind") == kind)
        };
        match fault.code {
            Code::OutOfRange | Code::WrongType | Code::TooShort | Code::TooLong
                if is_of_list && self.operator == "Between" =>
            {
                Some("list.value.two")
            }
            Code::WrongType if has_kind("yesNo") => Some("list.value.yesno"),
            Code::WrongType if has_kind("number") => Some("list.value.number"),
            _ => None,
        }
    }

    pub(crate) fn filter(&self, properties: &[Record]) -> Value {
        let property = properties.iter().find(|found| found.text("propertyName") == self.property);
        let kind = property.map(|found| found.text("kind")).unwrap_or_default();
        let mut filter = Map::new();
        filter.insert("propertyName".to_owned(), self.property.as_str().into());
        filter.insert("operator".to_owned(), self.operator.as_str().into());
        if !self.value.is_empty() {
            filter.insert("value".to_owned(), self.operand(&kind));
        }
        Value::Object(filter)
    }

    fn operand(&self, kind: &str) -> Value {
        let kind = if matches!(self.operator.as_str(), "LastDays" | "NextDays") { "number" } else { kind };
        if self.takes_several() {
            return self.values().into_iter().map(|part| typed(kind, part)).collect();
        }
        typed(kind, &self.value)
    }

    fn takes_several(&self) -> bool {
        matches!(self.operator.as_str(), "In" | "NotIn" | "Between")
    }

    /// The values that the person has filled in.
    pub(crate) fn values(&self) -> Vec<&str> {
        if self.takes_several() { self.value.split(',').map(str::trim).collect() } else { vec![&self.value] }
    }
}

/// A value as the JSON type of its kind. What is not of the kind stays a text, and the query says so.
fn typed(kind: &str, text: &str) -> Value {
    let number = || text.parse::<i64>().ok().map(Value::from);
    let flag = || match text.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some(Value::Bool(true)),
        "false" | "no" => Some(Value::Bool(false)),
        _ => None,
    };
    let read = match kind {
        "number" => number(),
        "yesNo" => flag(),
        _ => None,
    };
    read.unwrap_or_else(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(texts: &[(&str, &str)]) -> Fields {
        let texts = texts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Fields { texts: texts.collect(), ..Fields::default() }
    }

    fn properties() -> Vec<Record> {
        serde_json::from_value(json!([
            { "propertyName": "age", "kind": "number" },
            { "propertyName": "city", "kind": "text" },
            { "propertyName": "isBlacklisted", "kind": "yesNo" },
            { "propertyName": "dateCreated", "kind": "time" },
        ]))
        .unwrap()
    }

    #[test]
    fn form_becomes_the_data_of_the_query() {
        let search = Search::read(&fields(&[
            ("term", " okafor "),
            ("state", "Approved"),
            ("p0", "age"),
            ("o0", "Between"),
            ("v0", "18, 30"),
            ("p1", "city"),
            ("o1", "In"),
            ("v1", "Ikeja,Lekki"),
            ("p2", "isBlacklisted"),
            ("o2", "Equals"),
            ("v2", "no"),
            ("p3", "dateCreated"),
            ("o3", "LastDays"),
            ("v3", "7"),
            ("p4", ""),
            ("sort", "city"),
            ("direction", "desc"),
        ]));
        let expected = json!({
            "pageSize": 50, "searchTerm": "okafor", "status": ["Approved"],
            "filters": [
                { "propertyName": "age", "operator": "Between", "value": [18, 30] },
                { "propertyName": "city", "operator": "In", "value": ["Ikeja", "Lekki"] },
                { "propertyName": "isBlacklisted", "operator": "Equals", "value": false },
                { "propertyName": "dateCreated", "operator": "LastDays", "value": 7 },
            ],
            "sort": [{ "propertyName": "city", "direction": "desc" }],
        });
        assert_eq!(search.data(&properties()), expected);
    }

    #[test]
    fn while_a_word_is_typed_a_condition_without_its_value_waits() {
        let form = [("term", "oka"), ("p0", "city"), ("o0", "Equals"), ("p1", "city"), ("o1", "IsEmpty")];
        let read = |live: &'static str| Search::read(&fields(&[&form[..], &[(live, "yes")]].concat()));
        assert_eq!(read("live").conditions.len(), 1);
        assert_eq!(read("pressed").conditions.len(), 2, "a search that was asked for says what it needs");
    }

    #[test]
    fn chip_of_a_search_that_was_typed_removes_what_it_says() {
        let form = [
            ("p0", "city"),
            ("o0", "Equals"),
            ("p1", "age"),
            ("o1", "Equals"),
            ("v1", "30"),
            ("p3", "city"),
            ("o3", "IsEmpty"),
        ];
        let read = |more: &[(&'static str, &'static str)]| Search::read(&fields(&[&form[..], more].concat()));
        let rows = |search: &Search| -> Vec<_> {
            search.conditions.iter().map(|one| (one.row, one.property.clone())).collect()
        };
        // The form is not written anew, so its rows keep their numbers.
        let typed = read(&[("live", "yes")]);
        assert_eq!(rows(&typed), [(1, "age".to_owned()), (3, "city".to_owned())]);
        let left = read(&[("drop", "condition:1")]);
        assert_eq!(rows(&left), [(0, "city".to_owned()), (1, "city".to_owned())]);
        assert_eq!(left.conditions[1].operator, "IsEmpty");
    }

    #[test]
    fn chip_removes_its_condition() {
        let all = [
            ("term", "a"),
            ("state", "Approved"),
            ("state", "Exited"),
            ("p0", "age"),
            ("p1", "city"),
            ("drop", ""),
        ];
        let read = |chip: &'static str| {
            let mut texts = all;
            texts[5].1 = chip;
            let search = Search::read(&fields(&texts));
            (search.term.len(), search.states.len(), search.conditions.len())
        };
        assert_eq!(read("term"), (0, 2, 2));
        assert_eq!(read("state:Exited"), (1, 1, 2));
        assert_eq!(read("condition:1"), (1, 2, 1));
        assert_eq!(read("condition:9"), (1, 2, 2));
    }
}
