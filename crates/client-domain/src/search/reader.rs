//! Reads filters as they are written on the wire, and keeps everything that is wrong with its path.

use super::fault::{Fault, MAX_CONDITIONS, MAX_LEVELS};
use super::{Condition, Data, Faults, Logic, MAX_COST, Operator, Predicate, Problem, Property, Word};
use crate::permission::Permissions;

impl Predicate {
    /// Reads a list of filters, all of which must hold; `path` is what comes before the places in errors.
    ///
    /// An item is a condition (`propertyName` or `field`, `operator`, `value`), a group (`logic`, `filters`) or
    /// words (`searchTerm`). Names match in any case, and a member that is not known is an error.
    ///
    /// ```
    /// use client_domain::search::{Data, Predicate};
    /// use serde::Deserialize as _;
    ///
    /// let written = serde_json::json!([
    ///     { "propertyName": "LastName", "operator": "StartsWith", "value": "Bal" },
    ///     { "logic": "not", "filters": [{ "field": "city", "operator": "Like", "value": "Abuja" }] },
    /// ]);
    /// let faults = Predicate::read(&Data::deserialize(&written)?, "filters").unwrap_err();
    /// assert_eq!(faults.to_string(), "filters[1].filters[0].operator must be an operator");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn read(filters: &Data, path: &str) -> Result<Self, Faults> {
        Self::read_for(filters, path, &Permissions::all())
    }

    /// Reads a list of filters of a caller with these permissions: every property that the caller may not search by
    /// is an error at its place, wherever in the filters it is and whatever else is wrong with the condition.
    ///
    /// ```
    /// use client_domain::search::{Data, Predicate};
    /// use client_domain::{Permission, Permissions};
    /// use serde::Deserialize as _;
    ///
    /// let written = serde_json::json!([{ "propertyName": "documentNumber", "operator": "StartsWith", "value": "Z9" }]);
    /// let reader: Permissions = [Permission::Read].into_iter().collect();
    /// let faults = Predicate::read_for(&Data::deserialize(&written)?, "filters", &reader).unwrap_err();
    /// assert_eq!(faults.to_string(), "filters[0].propertyName needs the permission customers.kyc.read");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn read_for(filters: &Data, path: &str, permissions: &Permissions) -> Result<Self, Faults> {
        let mut reader = Reader { permissions, faults: Vec::new(), conditions: 0, costs: Vec::new() };
        let read = match filters {
            Data::List(items) => reader.items(items, path, 0),
            _ => reader.fail(path.to_owned(), Problem::WrongType("a list of filters")),
        };
        reader.refuse_costly(path);
        match read {
            Some(all) if reader.faults.is_empty() => Ok(Self::All(all)),
            _ => Err(Faults(reader.faults)),
        }
    }
}

/// Members of an object, each of which is asked for once.
type Members = [(String, Data)];

struct Reader<'a> {
    permissions: &'a Permissions,
    faults: Vec<Fault>,
    conditions: usize,
    /// Where each condition is and what it costs.
    costs: Vec<(String, usize)>,
}

impl Reader<'_> {
    fn items(&mut self, items: &[Data], path: &str, level: usize) -> Option<Vec<Predicate>> {
        let mut read = Vec::with_capacity(items.len().min(MAX_CONDITIONS));
        for (at, item) in items.iter().enumerate() {
            // What follows the first condition too many is not looked at: its mistakes would not matter.
            if self.conditions > MAX_CONDITIONS {
                return None;
            }
            read.extend(self.item(item, &format!("{path}[{at}]"), level));
        }
        (read.len() == items.len()).then_some(read)
    }

    fn item(&mut self, item: &Data, path: &str, level: usize) -> Option<Predicate> {
        let Data::Object(members) = item else {
            return self.fail(path.to_owned(), Problem::WrongType("an object"));
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
                .ok_or(crate::Invalid::Choice { choices: &["and", "or", "not"] }.into())
        });
        let at = format!("{path}.filters");
        let filters = match value_of(members, "filters") {
            None => return self.fail(at, Problem::Required),
            Some(Data::List(filters)) => filters,
            Some(_) => return self.fail(at, Problem::WrongType("a list of filters")),
        };
        let max = if logic == Some(Logic::Not) { 1 } else { MAX_CONDITIONS };
        if !(1..=max).contains(&filters.len()) {
            return self.fail(at, Problem::ListLength { min: 1, max });
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
            // What else is wrong with the condition does not matter to a caller who may not ask it.
            return self.fail(format!("{path}.{named}"), Problem::PermissionMissing(property));
        }
        let operator =
            self.name(members, path, "operator", |raw| Operator::parse(raw).ok_or(Problem::UnknownOperator));
        let (property, operator) = (property?, operator?);
        if !property.kind().operators().contains(&operator) {
            return self.fail(format!("{path}.operator"), Problem::OperatorNotApplicable(property));
        }
        match Condition::new(property, operator, value_of(members, "value")) {
            Ok(condition) => {
                self.costs.push((path.to_owned(), condition.cost()));
                Some(Predicate::Where(condition))
            }
            Err(misread) => {
                for (at, problem) in misread {
                    let at = at.map(|at| format!("[{at}]")).unwrap_or_default();
                    self.fail::<()>(format!("{path}.value{at}"), problem);
                }
                None
            }
        }
    }

    fn search_term(&mut self, members: &Members, path: &str) -> Option<Predicate> {
        self.know(members, path, &["searchTerm"]);
        let mut words = self.name(members, path, "searchTerm", |raw| Ok(Word::read(raw)?))?;
        self.costs.push((path.to_owned(), words.iter().map(Word::cost).sum()));
        match words.len() {
            0 => self.fail(format!("{path}.searchTerm"), crate::Invalid::Invisible.into()),
            1 => words.pop().map(Predicate::Mentions),
            _ => Some(Predicate::All(words.into_iter().map(Predicate::Mentions).collect())),
        }
    }

    /// Keeps an error if the whole costs too much; what it costs is known only where nothing else is wrong.
    fn refuse_costly(&mut self, path: &str) {
        let cost: usize = self.costs.iter().map(|(_, cost)| cost).sum();
        if cost > MAX_COST && self.faults.is_empty() {
            let mut conditions = std::mem::take(&mut self.costs);
            conditions.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
            self.faults
                .push(Fault { path: path.to_owned(), problem: Problem::TooCostly { cost, conditions } });
        }
    }

    /// A text that must be there.
    fn name<T>(
        &mut self,
        members: &Members,
        path: &str,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        let parsed = match value_of(members, name) {
            None => Err(Problem::Required),
            Some(Data::Text(raw)) => parse(raw),
            Some(_) => Err(Problem::WrongType("a text")),
        };
        parsed.map_or_else(|problem| self.fail(format!("{path}.{name}"), problem), Some)
    }

    /// Keeps an error for every member that is not known here, or is there twice.
    fn know(&mut self, members: &Members, path: &str, known: &[&str]) {
        for (at, (name, _)) in members.iter().enumerate() {
            let problem = if !known.contains(&name.as_str()) {
                Problem::UnknownMember
            } else if members.iter().take(at).any(|(other, _)| other == name) {
                Problem::Repeated
            } else {
                continue;
            };
            // The caller chose the text, so it is cut.
            let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
            self.fail::<()>(format!("{path}.{shown}"), problem);
        }
    }

    fn fail<T>(&mut self, path: String, problem: Problem) -> Option<T> {
        self.faults.push(Fault { path, problem });
        None
    }
}

/// The value of a member; null says the same as nothing.
fn value_of<'a>(members: &'a Members, name: &str) -> Option<&'a Data> {
    let found = members.iter().find(|(member, _)| member == name);
    found.map(|(_, value)| value).filter(|value| **value != Data::Null)
}

fn is_there(members: &Members, name: &str) -> bool {
    value_of(members, name).is_some()
}
