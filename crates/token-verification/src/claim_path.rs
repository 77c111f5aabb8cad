//! Where a claim is in a token.

use std::fmt;

use serde_json::{Map, Value};

/// The names of members, from the outermost to the claim itself.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ClaimPath(Vec<String>);

/// Why a path cannot be used.
pub(crate) type WrongPath = &'static str;

/// How deep a claim may be.
const MAX_NAMES: usize = 8;

impl ClaimPath {
    /// Reads `realm_access.roles`, or a list of names for a claim whose name has a dot or another sign in it.
    pub(crate) fn read(value: &Value) -> Result<Self, WrongPath> {
        let names: Vec<String> = match value {
            Value::String(text) => text.split('.').map(str::to_owned).collect(),
            Value::Array(names) => names
                .iter()
                .map(|name| name.as_str().map(str::to_owned).ok_or("must be a list of names"))
                .collect::<Result<_, _>>()?,
            _ => return Err("must be the path of a claim, such as realm_access.roles, or a list of names"),
        };
        if !(1..=MAX_NAMES).contains(&names.len()) {
            return Err("must have 1 to 8 names");
        }
        if names.iter().any(String::is_empty) {
            return Err("has an empty name: names of members are separated by single dots");
        }
        // A web address has dots of its own: split at them, it would never be found.
        let is_plain =
            |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        if value.is_string() && !names.iter().all(is_plain) {
            return Err(
                "has a name with signs besides letters, digits, _ and -: write the path as a list of names, such as \
                        [\"https://bank.example/roles\"]",
            );
        }
        Ok(Self(names))
    }

    /// The claim, if the token has it.
    pub(crate) fn find<'a>(&self, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        let (last, outer) = self.0.split_last()?;
        let inner = outer.iter().try_fold(claims, |members, name| members.get(name)?.as_object())?;
        inner.get(last)
    }
}

impl fmt::Debug for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}
