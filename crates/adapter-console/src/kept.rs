//! What a saved search asks for that the form of a search has no fields for.

use client_domain::ClientState;
use serde_json::{Map, Value};

use crate::record::Record;
use crate::search::{Condition, Search};

/// The states of a search on the wire, by name.
fn states(status: Option<&Value>) -> Vec<String> {
    let listed = status.and_then(Value::as_array).into_iter().flatten();
    let named = listed.filter_map(|one| match one {
        Value::Number(number) => number.as_i64().and_then(ClientState::from_number),
        Value::String(name) => ClientState::parse(name).ok(),
        _ => None,
    });
    named.map(|state| state.name().to_owned()).collect()
}

impl Search {
    /// The search of a saved view: in the fields of the form as far as it has them, and the rest as it is. None if the view
    /// has no search to show.
    pub(crate) fn of_view(view: &Record, properties: &[Record]) -> Option<Self> {
        let members = view.value("search").and_then(Value::as_object)?;
        let mut search = Self { columns: view.names("columns"), ..Self::default() };
        let (mut rest, mut filters) = (Map::new(), Vec::new());
        for (name, value) in members {
            match (name.as_str(), value) {
                ("searchTerm" | "searchText", Value::String(term)) => search.term.clone_from(term),
                ("status", status) => search.states = states(Some(status)),
                ("filters", Value::Array(all)) => {
                    for filter in all {
                        let condition = Condition::of_filter(filter);
                        match condition.filter(|condition| condition.filter(properties) == *filter) {
                            Some(condition) => search.conditions.push(condition),
                            None => filters.push(filter.clone()),
                        }
                    }
                }
                ("sort", Value::Array(keys)) if keys.len() == 1 => {
                    let text =
                        |name: &str| keys.first().and_then(|key| key.get(name)).and_then(Value::as_str);
                    text("propertyName").unwrap_or_default().clone_into(&mut search.sort);
                    search.descending = text("direction") == Some("desc");
                }
                (_, Value::Null) => {}
                _ => {
                    rest.insert(name.clone(), value.clone());
                }
            }
        }
        if !filters.is_empty() {
            rest.insert("filters".to_owned(), filters.into());
        }
        if !rest.is_empty() {
            search.kept = Value::Object(rest).to_string();
        }
        Some(search)
    }

    /// Adds what was kept to the data of a query.
    pub(crate) fn add_kept(&self, data: &mut Map<String, Value>) {
        let Ok(Value::Object(kept)) = serde_json::from_str(&self.kept) else { return };
        for (name, value) in kept {
            match (name.as_str(), data.get_mut(&name), value) {
                ("filters", Some(Value::Array(filters)), Value::Array(more)) => filters.extend(more),
                // An order that was chosen since counts.
                (_, Some(_), _) => {}
                (_, None, value) => {
                    data.insert(name, value);
                }
            }
        }
    }
}

impl Condition {
    /// The condition of the form for a filter, if it is one of values.
    fn of_filter(filter: &Value) -> Option<Self> {
        let text = |name: &str| filter.get(name).and_then(Value::as_str).map(str::to_owned);
        let scalar = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
            _ => None,
        };
        let value = match filter.get("value") {
            None | Some(Value::Null) => String::new(),
            Some(Value::Array(values)) => values.iter().map(scalar).collect::<Option<Vec<_>>>()?.join(", "),
            Some(value) => scalar(value)?,
        };
        Some(Self { property: text("propertyName")?, operator: text("operator")?, value })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(value: Value) -> Record {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn view_is_in_the_fields_of_the_form_and_the_rest_is_kept() {
        let properties = [
            record(json!({ "propertyName": "age", "kind": "number" })),
            record(json!({ "propertyName": "city", "kind": "text" })),
        ];
        let age = json!({ "propertyName": "age", "operator": "Between", "value": [18, 30] });
        let city = json!({ "propertyName": "city", "operator": "In", "value": ["Ikeja, Lagos", "Lekki"] });
        let group = json!({ "logic": "not", "filters": [age] });
        let view = record(json!({
            "columns": ["clientState"],
            "search": {
                "searchTerm": "okafor", "status": [4, "PendingApproval"], "branchEncodedKey": "ikeja-01",
                "filters": [age, city, group], "sort": [{ "propertyName": "city", "direction": "desc" }],
            },
        }));
        let search = Search::of_view(&view, &properties).unwrap();
        assert_eq!((&*search.term, &*search.sort, search.descending), ("okafor", "city", true));
        assert_eq!(search.states, ["Approved", "PendingApproval"]);
        assert_eq!((search.conditions.len(), &*search.conditions[0].value), (1, "18, 30"));
        let expected = json!({
            "pageSize": 50, "searchTerm": "okafor", "status": ["Approved", "PendingApproval"],
            "branchEncodedKey": "ikeja-01", "filters": [age, city, group],
            "sort": [{ "propertyName": "city", "direction": "desc" }],
        });
        assert_eq!(search.data(&properties), expected);
    }
}
