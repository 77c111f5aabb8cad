//! What a saved search asks for that the form of a search has no fields for.

use client_domain::ClientState;
use serde_json::{Map, Value};

use crate::record::Record;
use crate::search::{Condition, MAX_CONDITIONS, Search};

/// The states of a search by name, if the form has each of them. On the wire `All` stands for no filter beside any other.
fn states(status: &Value) -> Option<Vec<String>> {
    let named = |one: &Value| match one {
        Value::Number(number) => number.as_i64().and_then(ClientState::from_number),
        Value::String(name) => ClientState::parse(name).ok(),
        _ => None,
    };
    let listed = status.as_array().filter(|listed| !listed.is_empty())?;
    listed.iter().map(|one| named(one).map(|state| state.name().to_owned())).collect()
}

/// The only property of an order and whether it is descending, if the form has it by these names.
fn sort(keys: &Value, properties: &[Record]) -> Option<(String, bool)> {
    let [Value::Object(key)] = keys.as_array()?.as_slice() else { return None };
    let name = key.get("propertyName").and_then(Value::as_str)?;
    let descending = match key.get("direction") {
        None => false,
        Some(direction) => match direction.as_str()? {
            "asc" => false,
            "desc" => true,
            _ => return None,
        },
    };
    let is_offered = |one: &Record| one.text("propertyName") == name && one.flag("sortable");
    properties.iter().any(is_offered).then(|| (name.to_owned(), descending))
}

impl Search {
    /// The search of a saved view: in the fields of the form as far as they give it back exactly, and the rest as it is. None
    /// if the view has no search to show.
    pub(crate) fn of_view(view: &Record, properties: &[Record]) -> Option<Self> {
        let members = view.value("search").and_then(Value::as_object)?;
        let mut search = Self { columns: view.names("columns"), ..Self::default() };
        let (mut rest, mut filters) = (Map::new(), Vec::new());
        for (name, value) in members {
            let is_in_form = match (name.as_str(), value) {
                (_, Value::Null) => true,
                ("searchTerm" | "searchText", Value::String(term)) if search.term.is_empty() => {
                    search.term.clone_from(term);
                    true
                }
                ("status", status) => states(status).map(|states| search.states = states).is_some(),
                ("filters", Value::Array(all)) => {
                    for filter in all {
                        let condition = Condition::of_filter(filter, properties);
                        match condition.filter(|_| search.conditions.len() < MAX_CONDITIONS) {
                            Some(condition) => search.conditions.push(condition),
                            None => filters.push(filter.clone()),
                        }
                    }
                    true
                }
                ("sort", keys) => {
                    let only = sort(keys, properties);
                    only.map(|only| (search.sort, search.descending) = only).is_some()
                }
                _ => false,
            };
            if !is_in_form {
                rest.insert(name.clone(), value.clone());
            }
        }
        if !filters.is_empty() {
            rest.insert("filters".to_owned(), filters.into());
        }
        search.number_rows();
        if !rest.is_empty() {
            search.kept = Value::Object(rest).to_string();
        }
        Some(search)
    }

    /// Adds what was kept to the data of a query. What is no JSON object is no part of a search, and the query refuses it.
    pub(crate) fn add_kept(&self, data: &mut Map<String, Value>) {
        if self.kept.is_empty() {
            return;
        }
        let Ok(Value::Object(kept)) = serde_json::from_str(&self.kept) else {
            data.insert("kept".to_owned(), self.kept.as_str().into());
            return;
        };
        for (name, value) in kept {
            match (name.as_str(), data.get_mut(&name), value) {
                ("filters", Some(Value::Array(filters)), Value::Array(more)) => filters.extend(more),
                // An order and states that were chosen since count.
                (_, Some(_), _) => {}
                (_, None, value) => {
                    data.insert(name, value);
                }
            }
        }
    }
}

impl Condition {
    /// The condition of the form for a filter, if the form gives the filter back as it is.
    fn of_filter(filter: &Value, properties: &[Record]) -> Option<Self> {
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
        let condition = Self { property: text("propertyName")?, operator: text("operator")?, value, row: 0 };
        let is_same = condition.is_offered(properties) && condition.filter(properties) == *filter;
        is_same.then_some(condition)
    }

    /// Whether the form has the property and the operator by these names, and its field takes the value as it is.
    fn is_offered(&self, properties: &[Record]) -> bool {
        let property = properties.iter().find(|one| one.text("propertyName") == self.property);
        property.is_some_and(|one| one.names("operators").contains(&self.operator))
            && self.value.trim() == self.value
            && !self.value.contains(char::is_control)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fields::Fields;
    use crate::pages::clients::STATES;

    fn record(value: Value) -> Record {
        serde_json::from_value(value).unwrap()
    }

    fn properties() -> [Record; 2] {
        let age = json!({ "propertyName": "age", "kind": "number", "operators": ["Equals", "Between"], "sortable": true });
        let city = json!({
            "propertyName": "city", "kind": "text", "operators": ["Equals", "In", "IsEmpty"], "sortable": true,
        });
        [record(age), record(city)]
    }

    fn of_view(search: &Value) -> Search {
        let view = record(json!({ "columns": ["clientState"], "search": search }));
        Search::of_view(&view, &properties()).unwrap()
    }

    /// What the next request asks for, which has nothing but the fields of the page that was shown.
    fn at_the_next_request(search: &Search) -> Value {
        let mut texts = vec![("term", search.term.clone()), ("sort", search.sort.clone())];
        texts.push(("direction", if search.descending { "desc" } else { "asc" }.to_owned()));
        texts.extend((!search.kept.is_empty()).then(|| ("kept", search.kept.clone())));
        let states = STATES.iter().filter(|name| search.states.iter().any(|one| one == *name));
        texts.extend(states.map(|name| ("state", (*name).to_owned())));
        let mut texts: Vec<_> = texts.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
        for (number, one) in search.conditions.iter().enumerate() {
            let property = properties().into_iter().find(|found| found.text("propertyName") == one.property);
            let operators = property.as_ref().map(|found| found.names("operators")).unwrap_or_default();
            // A list of choices gives what it has.
            let operator = operators.into_iter().find(|name| *name == one.operator).unwrap_or_default();
            let property = property.map(|found| found.text("propertyName")).unwrap_or_default();
            texts.push((format!("p{number}"), property));
            texts.push((format!("o{number}"), operator));
            texts.push((format!("v{number}"), one.value.clone()));
        }
        let mut data = Search::read(&Fields { texts, ..Fields::default() }).data(&properties());
        data.as_object_mut().unwrap().remove("pageSize");
        data
    }

    #[test]
    fn no_condition_of_a_view_is_lost_or_changed_by_the_form() {
        let age = |age: usize| json!({ "propertyName": "age", "operator": "Equals", "value": age });
        let filter = |property: &str, operator: &str, value: &str| json!([{ "propertyName": property, "operator": operator, "value": value }]);
        let sort = |name: &str, direction: &str| json!({ "sort": [{ "propertyName": name, "direction": direction }] });
        for search in [
            json!({ "filters": (0..12).map(age).collect::<Vec<_>>() }),
            json!({ "filters": filter("CITY", "Equals", "Lagos") }),
            json!({ "filters": filter("city", "equals", "Lagos") }),
            json!({ "filters": filter("city", "Equals", " Lagos") }),
            json!({ "filters": filter("city", "Equals", "La\ngos") }),
            json!({ "filters": filter("shoeSize", "Equals", "7") }),
            sort("City", "asc"),
            sort("city", "DESC"),
            sort("city", "desc"),
            json!({ "sort": [{ "propertyName": "city", "direction": null }] }),
            json!({ "status": ["All", "Active"] }),
            json!({ "status": [0] }),
            json!({ "status": ["Active", "Frozen"] }),
            json!({ "status": ["Active"], "sort": [{ "propertyName": "AGE" }] }),
        ] {
            assert_eq!(at_the_next_request(&of_view(&search)), search);
        }
        let twelve = of_view(&json!({ "filters": (0..12).map(age).collect::<Vec<_>>() }));
        assert_eq!(twelve.conditions.len(), MAX_CONDITIONS);
        assert_eq!(of_view(&json!({ "status": ["All", "Active"] })).states, [] as [String; 0]);
        assert!(Search::of_view(&record(json!({ "search": null, "columns": [] })), &properties()).is_none());
    }

    #[test]
    fn view_is_in_the_fields_of_the_form_and_the_rest_is_kept() {
        let properties = properties();
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
