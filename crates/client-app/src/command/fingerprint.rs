use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::ports::Fingerprint;

impl Fingerprint {
    /// The fingerprint of a body: the order of members and white space do not matter, everything else does.
    ///
    /// ```
    /// use client_app::ports::Fingerprint;
    /// use serde_json::{Map, Value, from_str};
    ///
    /// let of = |text: &str| Fingerprint::of(&from_str::<Map<String, Value>>(text).unwrap());
    /// assert_eq!(of(r#"{"a":1,"b":[true]}"#), of(r#"{ "b": [true], "a": 1 }"#));
    /// assert_ne!(of(r#"{"a":1}"#), of(r#"{"a":"1"}"#));
    /// ```
    pub fn of(data: &Map<String, Value>) -> Self {
        let mut text = String::new();
        write_object(data, &mut text);
        Self(Sha256::digest(text.as_bytes()).into())
    }
}

// Written out here rather than left to `serde_json`, whose order of members depends on a feature that any
// crate of the tree can switch on.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => write_object(members, text),
        Value::Array(values) => {
            text.push('[');
            for value in values {
                write(value, text);
                text.push(',');
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

fn write_object(members: &Map<String, Value>, text: &mut String) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by(|one, other| one.0.cmp(other.0));
    text.push('{');
    for (name, value) in sorted {
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write(value, text);
        text.push(',');
    }
    text.push('}');
}
