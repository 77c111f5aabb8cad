use std::collections::BTreeSet;

use client_wire::{Code, Item};
use serde_json::{Map, Value};

/// The members of an order, of which every wrong one is reported.
#[derive(Debug)]
pub(super) struct Members<'a> {
    object: &'a Map<String, Value>,
    known: BTreeSet<&'static str>,
    wrong: Vec<Item>,
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
            self.fail(name, Code::Format, format!("must be {accepted}"));
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
            self.fail(name, Code::Required, format!("is mandatory and must be {accepted}"));
            return None;
        }
        self.optional(name, accepted, read)
    }

    /// Whether a member is there, wrong or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    pub(super) fn fail(&mut self, name: &str, code: Code, message: impl Into<String>) {
        self.wrong.push(Item::new(code, message).field(name));
    }

    /// Every wrong member, unknown ones included.
    pub(super) fn finish(mut self) -> Vec<Item> {
        let known: Vec<_> = self.known.iter().copied().collect();
        let accepted = if known.is_empty() {
            "is not known here; no member is accepted".to_owned()
        } else {
            format!("is not known here; accepted are {}", known.join(", "))
        };
        for name in self.object.keys().filter(|name| !self.known.contains(name.as_str())) {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            self.wrong.push(Item::new(Code::UnknownMember, accepted.clone()).field(shown));
        }
        self.wrong
    }
}
