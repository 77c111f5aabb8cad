//! The canonical form of a body: two bodies that say the same have the same one.

use client_app::RequestDigest;
use serde_json::{Map, Value};

/// The digest of a body: the order of members and white space do not matter, everything else does.
pub(crate) fn digest(data: &Map<String, Value>) -> RequestDigest {
    let mut canonical = Canonical(RequestDigest::new());
    canonical.object(data);
    canonical.0
}

/// The canonical form of a body, hashed as it is written: a file of 10 MiB is not copied for it.
///
/// Written out here rather than left to `serde_json`, whose order of members depends on a feature that any crate of
/// the tree can switch on.
struct Canonical(RequestDigest);

impl Canonical {
    fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes.as_ref());
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Object(members) => self.object(members),
            Value::Array(values) => {
                self.update(b"[");
                for value in values {
                    self.value(value);
                    self.update(b",");
                }
                self.update(b"]");
            }
            Value::String(text) => self.text(text),
            plain => self.update(plain.to_string()),
        }
    }

    fn object(&mut self, members: &Map<String, Value>) {
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_by(|one, other| one.0.cmp(other.0));
        self.update(b"{");
        for (name, value) in sorted {
            self.text(name);
            self.update(b":");
            self.value(value);
            self.update(b",");
        }
        self.update(b"}");
    }

    /// A text as JSON writes it. A long one with nothing to escape, such as a file in base64, is hashed where it lies.
    fn text(&mut self, text: &str) {
        let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        if text.bytes().all(plain) {
            self.update(b"\"");
            self.update(text);
            self.update(b"\"");
        } else {
            self.update(Value::from(text).to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use client_app::ports::Fingerprint;
    use serde_json::json;
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn of(text: &str) -> Fingerprint {
        digest(&serde_json::from_str(text).unwrap()).fingerprint()
    }

    #[test]
    fn the_order_of_members_and_white_space_do_not_matter() {
        assert_eq!(of(r#"{"a":1,"b":[true]}"#), of(r#"{ "b": [true], "a": 1 }"#));
        assert_ne!(of(r#"{"a":1}"#), of(r#"{"a":"1"}"#));
    }

    /// Outcomes are kept across releases, so the canonical form may never change.
    #[test]
    fn the_canonical_form_is_pinned() {
        let body = json!({
            "b": [1, -2.5, true, null, {}, []],
            "a": "plain",
            "c\"d": "quote \" backslash \\ newline \n tab \t control \u{1} delete \u{7f} é 😀 / <",
        });
        let text = concat!(
            r#"{"a":"plain","b":[1,-2.5,true,null,{},[],],"c\"d":"quote \" backslash \\ newline \n tab \t control \u0001 delete "#,
            "\u{7f} é 😀 / <\",}"
        );
        let expected = Fingerprint(Sha256::digest(text.as_bytes()).into());
        assert!(digest(body.as_object().unwrap()).fingerprint() == expected);
    }
}
