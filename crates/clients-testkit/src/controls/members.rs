use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The members of an order, of which every wrong one is reported.
#[derive(Debug)]
pub(super) struct Members<'a> {
    object: &'a Map<String, Value>,
    known: BTreeSet<&'static str>,
    wrong: Vec<Wrong>,
}

/// What is wrong with an order. It never repeats a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    field: Option<String>,
    message: String,
}

impl Wrong {
    /// Something that no single member is to blame for.
    pub(super) fn whole(message: impl Into<String>) -> Self {
        Self { field: None, message: message.into() }
    }

    pub(super) fn json(&self) -> Value {
        match &self.field {
            Some(field) => json!({ "field": field, "message": self.message }),
            None => json!({ "message": self.message }),
        }
    }
}

impl<'a> Members<'a> {
    pub(super) fn of(object: &'a Map<String, Value>) -> Self {
        Self { object, known: BTreeSet::new(), wrong: Vec::new() }
    }

    /// A member, if it is there. `accepted` says in words what `read` accepts.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        accepted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        self.known.insert(name);
        let value = self.object.get(name)?;
        let read = read(value);
        if read.is_none() {
            self.fail(name, format!("must be {accepted}"));
        }
        read
    }

    /// A member that must be there.
    pub(super) fn required<T>(
        &mut self,
        name: &'static str,
        accepted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        if !self.object.contains_key(name) {
            self.known.insert(name);
            self.fail(name, format!("is mandatory and must be {accepted}"));
            return None;
        }
        self.optional(name, accepted, read)
    }

    /// Whether a member is there, wrong or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    pub(super) fn fail(&mut self, name: &str, message: impl Into<String>) {
        self.wrong.push(Wrong { field: Some(name.to_owned()), message: message.into() });
    }

    /// Everything that is wrong, members that nobody asked for included.
    pub(super) fn finish(mut self) -> Vec<Wrong> {
        let known: Vec<_> = self.known.iter().copied().collect();
        let accepted = match known.is_empty() {
            true => "is not known here; no member is accepted".to_owned(),
            false => format!("is not known here; accepted are {}", known.join(", ")),
        };
        for name in self.object.keys().filter(|name| !self.known.contains(name.as_str())) {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            self.wrong.push(Wrong { field: Some(shown), message: accepted.clone() });
        }
        self.wrong
    }
}
