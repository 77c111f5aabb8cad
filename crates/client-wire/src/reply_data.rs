//! The data of an answer.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use memchr::memmem;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// The `data` of an answer, a JSON object, which is read as a [`Value`].
///
/// The answers that are asked for most are written as text right away: a tree of each client took a fifth of the time of a
/// list. Their tree is made when it is read first.
///
/// ```
/// use client_wire::ReplyData;
/// use serde_json::json;
///
/// let data = ReplyData::from(json!({ "id": 1 }));
/// assert_eq!(data["id"], 1);
/// assert_eq!(serde_json::to_string(&data)?, r#"{"id":1}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct ReplyData(Form);

#[derive(Clone)]
enum Form {
    Tree(Value),
    Text { json: Box<RawValue>, tree: OnceLock<Value> },
}

impl ReplyData {
    /// Data that is written as text right away.
    pub(crate) fn written(data: &impl Serialize) -> Self {
        #[expect(
            clippy::expect_used,
            reason = "the members of an answer have names, and writing to memory does not fail"
        )]
        let json = to_raw_value(data).expect("an answer is JSON");
        Self(Form::Text { json, tree: OnceLock::new() })
    }

    /// Whether a member of this name may have a value, at any depth. A text is searched, and not read as a tree.
    pub(crate) fn may_show(&self, member: &str) -> bool {
        let Form::Text { json, .. } = &self.0 else { return true };
        // A quotation mark within a text is written as \\", so this is a member and never a value.
        let name = format!("\"{member}\":");
        let text = json.get().as_bytes();
        memmem::find_iter(text, &name).any(|at| !text.iter().skip(at + name.len()).take(4).eq(b"null"))
    }

    /// The data as a tree.
    pub fn into_value(self) -> Value {
        match self.0 {
            Form::Tree(tree) => tree,
            Form::Text { json, tree } => tree.into_inner().unwrap_or_else(|| parsed(&json)),
        }
    }
}

/// The tree of a text that was written here.
fn parsed(json: &RawValue) -> Value {
    serde_json::from_str(json.get()).unwrap_or_default()
}

impl Deref for ReplyData {
    type Target = Value;

    fn deref(&self) -> &Value {
        match &self.0 {
            Form::Tree(tree) => tree,
            Form::Text { json, tree } => tree.get_or_init(|| parsed(json)),
        }
    }
}

impl From<Value> for ReplyData {
    fn from(tree: Value) -> Self {
        Self(Form::Tree(tree))
    }
}

impl PartialEq for ReplyData {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Serialize for ReplyData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Tree(tree) => tree.serialize(serializer),
            Form::Text { json, .. } => json.serialize(serializer),
        }
    }
}

/// Without the values, which are personal data.
impl fmt::Debug for ReplyData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyData(…)")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Serialize)]
    struct Shown {
        id: u64,
        name: &'static str,
    }

    #[test]
    fn written_data_and_its_tree_are_the_same() {
        let data = ReplyData::written(&Shown { id: 7, name: "Ölmez \"\u{1}" });
        let tree = json!({ "id": 7, "name": "Ölmez \"\u{1}" });
        assert_eq!(data["id"], 7);
        assert_eq!(data, ReplyData::from(tree.clone()));
        assert_eq!(serde_json::to_string(&data).unwrap(), tree.to_string());
        assert_eq!(data.into_value(), tree);
    }

    #[test]
    fn member_without_a_value_shows_nothing() {
        let shown =
            |name: Option<&'static str>| ReplyData::written(&json!([{ "id": 7, "inner": { "name": name } }]));
        assert!(shown(Some("Ada")).may_show("name"));
        assert!(shown(Some("null")).may_show("name"));
        assert!(!shown(None).may_show("name"));
        assert!(!shown(Some("Ada")).may_show("nam"));
        assert!(!shown(Some("\"kycStatus\":1")).may_show("kycStatus"));
        assert!(ReplyData::from(json!({})).may_show("name"), "a tree is not searched");
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", ReplyData::from(json!({ "id": 1 }))), "ReplyData(…)");
    }
}
