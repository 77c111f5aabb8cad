use client_domain::search::{
    Condition, Logic, MAX_CONDITIONS, MAX_COST, MAX_LEVELS, Operand, OperandProblem, Operator, Predicate,
    Property, Value, Word,
};
use client_domain::{BankCalendar, Invalid, Permissions};
use serde_json::{Map, Number, Value as Json};

use super::fault::{Fault, Faults, Problem};

/// Reads a list of filters of a caller with these permissions; `path` is the prefix of the paths in errors.
///
/// A property that the caller has no permission to search by is an error at its path, wherever it is in the filters and
/// whatever other faults the condition has. Days are those of this calendar.
///
/// ```
/// use client_domain::{BankCalendar, Permission, Permissions};
/// use client_wire::predicate;
/// use serde_json::json;
///
/// let written = json!([{ "propertyName": "documentNumber", "operator": "StartsWith", "value": "Z9" }]);
/// let reader: Permissions = [Permission::Read].into_iter().collect();
/// let faults = predicate::read(&written, "filters", &reader, &BankCalendar::utc()).unwrap_err();
/// assert_eq!(faults.to_string(), "filters[0].propertyName needs the permission customers.kyc.read");
/// ```
pub fn read(
    filters: &Json,
    path: &str,
    permissions: &Permissions,
    calendar: &BankCalendar,
) -> Result<Predicate, Faults> {
    let mut reader = Reader { permissions, calendar, faults: Vec::new(), conditions: 0, costs: Vec::new() };
    let read = match filters {
        Json::Array(items) => reader.items(items, path, 0),
        _ => reader.fail(path.to_owned(), OperandProblem::WrongType("a list of filters").into()),
    };
    reader.refuse_costly(path);
    match read {
        Some(all) if reader.faults.is_empty() => Ok(Predicate::All(all)),
        _ => Err(Faults(reader.faults)),
    }
}

type Members = Map<String, Json>;

struct Reader<'a> {
    permissions: &'a Permissions,
    calendar: &'a BankCalendar,
    faults: Vec<Fault>,
    conditions: usize,
    /// The path and the cost of each condition.
    costs: Vec<(String, usize)>,
}

impl Reader<'_> {
    fn items(&mut self, items: &[Json], path: &str, level: usize) -> Option<Vec<Predicate>> {
        let mut read = Vec::with_capacity(items.len().min(MAX_CONDITIONS));
        for (at, item) in items.iter().enumerate() {
            // Conditions after the first one over the limit are not read: their faults would not matter.
            if self.conditions > MAX_CONDITIONS {
                return None;
            }
            read.extend(self.item(item, &format!("{path}[{at}]"), level));
        }
        (read.len() == items.len()).then_some(read)
    }

    fn item(&mut self, item: &Json, path: &str, level: usize) -> Option<Predicate> {
        let Json::Object(members) = item else {
            return self.fail(path.to_owned(), OperandProblem::WrongType("an object").into());
        };
        if is_there(members, "logic") || is_there(members, "filters") {
            return self.group(members, path, level + 1);
        }
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return self.fail(path.to_owned(), Problem::TooManyConditions);
        }
        if is_there(members, "searchTerm") {
            return self.search_term(members, path);
        }
        self.condition(members, path)
    }

    fn group(&mut self, members: &Members, path: &str, level: usize) -> Option<Predicate> {
        if level > MAX_LEVELS {
            return self.fail(path.to_owned(), Problem::TooDeep);
        }
        self.know(members, path, &["logic", "filters"]);
        let logic = self.name(members, path, "logic", |raw| {
            Logic::ALL
                .into_iter()
                .find(|logic| logic.name().eq_ignore_ascii_case(raw.trim()))
                .ok_or(Invalid::Choice { choices: &["and", "or", "not"] }.into())
        });
        let at = format!("{path}.filters");
        let filters = match value_of(members, "filters") {
            None => return self.fail(at, OperandProblem::Required.into()),
            Some(Json::Array(filters)) => filters,
            Some(_) => return self.fail(at, OperandProblem::WrongType("a list of filters").into()),
        };
        let max = if logic == Some(Logic::Not) { 1 } else { MAX_CONDITIONS };
        if !(1..=max).contains(&filters.len()) {
            return self.fail(at, OperandProblem::ListLength { min: 1, max }.into());
        }
        let mut read = self.items(filters, &at, level)?;
        match logic? {
            Logic::And => Some(Predicate::All(read)),
            Logic::Or => Some(Predicate::Any(read)),
            Logic::Not => read.pop().map(|one| Predicate::Not(Box::new(one))),
        }
    }

    fn condition(&mut self, members: &Members, path: &str) -> Option<Predicate> {
        self.know(members, path, &["propertyName", "field", "operator", "value"]);
        let named = if is_there(members, "field") { "field" } else { "propertyName" };
        if named == "field" && is_there(members, "propertyName") {
            self.fail::<()>(format!("{path}.field"), Problem::Repeated);
        }
        let property =
            self.name(members, path, named, |raw| Property::parse(raw).ok_or(Problem::UnknownProperty));
        if let Some(property) = property.filter(|property| !self.permissions.holds(property.permission())) {
            // Other faults of the condition do not matter to a caller without the permission.
            return self.fail(format!("{path}.{named}"), Problem::PermissionMissing(property));
        }
        let operator =
            self.name(members, path, "operator", |raw| Operator::parse(raw).ok_or(Problem::UnknownOperator));
        let (property, operator) = (property?, operator?);
        if !property.kind().operators().contains(&operator) {
            return self
                .fail(format!("{path}.operator"), OperandProblem::OperatorNotApplicable(property).into());
        }
        let operand = operand(value_of(members, "value"));
        match Condition::by_calendar(property, operator, &operand, self.calendar) {
            Ok(condition) => {
                self.costs.push((path.to_owned(), condition.cost()));
                Some(Predicate::Where(condition))
            }
            Err(faults) => {
                for fault in faults {
                    let at = fault.at.map(|at| format!("[{at}]")).unwrap_or_default();
                    self.fail::<()>(format!("{path}.value{at}"), fault.problem.into());
                }
                None
            }
        }
    }

    fn search_term(&mut self, members: &Members, path: &str) -> Option<Predicate> {
        self.know(members, path, &["searchTerm"]);
        let words = self.name(members, path, "searchTerm", |raw| Ok(Word::read(raw)?))?;
        self.costs.push((path.to_owned(), words.iter().map(Word::cost).sum()));
        match words.len() {
            0 => self.fail(format!("{path}.searchTerm"), Invalid::Invisible.into()),
            _ => Some(Predicate::of_words(words)),
        }
    }

    /// Collects an error if the filters cost too much; the cost is known only if there are no other faults.
    fn refuse_costly(&mut self, path: &str) {
        let cost: usize = self.costs.iter().map(|(_, cost)| cost).sum();
        if cost > MAX_COST && self.faults.is_empty() {
            let mut conditions = std::mem::take(&mut self.costs);
            conditions.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
            self.faults
                .push(Fault { path: path.to_owned(), problem: Problem::TooCostly { cost, conditions } });
        }
    }

    /// A text that must be present.
    fn name<T>(
        &mut self,
        members: &Members,
        path: &str,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        let parsed = match value_of(members, name) {
            None => Err(OperandProblem::Required.into()),
            Some(Json::String(raw)) => parse(raw),
            Some(_) => Err(OperandProblem::WrongType("a text").into()),
        };
        parsed.map_or_else(|problem| self.fail(format!("{path}.{name}"), problem), Some)
    }

    /// Collects an error for every unknown member.
    fn know(&mut self, members: &Members, path: &str, known: &[&str]) {
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            // The caller chose the text, so it is cut.
            let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
            self.fail::<()>(format!("{path}.{shown}"), Problem::UnknownMember);
        }
    }

    fn fail<T>(&mut self, path: String, problem: Problem) -> Option<T> {
        self.faults.push(Fault { path, problem });
        None
    }
}

/// The value of a member; null means the same as absent.
fn value_of<'a>(members: &'a Members, name: &str) -> Option<&'a Json> {
    members.get(name).filter(|value| !value.is_null())
}

fn is_there(members: &Members, name: &str) -> bool {
    value_of(members, name).is_some()
}

fn operand(value: Option<&Json>) -> Operand {
    match value {
        None | Some(Json::Null) => Operand::Nothing,
        Some(Json::Array(values)) => Operand::List(values.iter().map(scalar).collect()),
        Some(value) => Operand::One(scalar(value)),
    }
}

fn scalar(value: &Json) -> Value {
    match value {
        Json::Bool(flag) => Value::Flag(*flag),
        Json::Number(number) => whole(number),
        Json::String(text) => Value::Text(text.clone()),
        Json::Null | Json::Array(_) | Json::Object(_) => Value::Other,
    }
}

/// A whole number in any notation: `3.0` is 3.
fn whole(number: &Number) -> Value {
    /// The largest number up to which floating point holds every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if let Some(whole) = number.as_i64() {
        return Value::Number(whole);
    }
    match number.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and small enough to be exact")]
        Some(number) if number.fract() == 0.0 && number.abs() <= EXACT => Value::Number(number as i64),
        _ => Value::OtherNumber,
    }
}
