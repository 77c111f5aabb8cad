//! The canonical form of a body: equivalent bodies have the same form.

use client_app::RequestDigest;
use serde_json::{Map, Value};

/// The digest of a body. Only the order of members and white space do not matter.
pub(crate) fn digest(data: &Map<String, Value>) -> RequestDigest {
    let mut canonical = Canonical(RequestDigest::new());
    canonical.object(data);
    canonical.0
}

/// The canonical form of a body, hashed while it is written, so that a file of 10 MiB is not copied.
///
/// `serde_json` cannot write this form: its order of members depends on a feature that any crate in the dependency tree can
/// enable.
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
        sorted.sort_by(|left, right| left.0.cmp(right.0));
        self.update(b"{");
        for (name, value) in sorted {
            self.text(name);
            self.update(b":");
            self.value(value);
            self.update(b",");
        }
        self.update(b"}");
    }

    /// A text as JSON writes it. A text without escapes, such as a file in base64, is hashed without a copy.
    fn text(&mut self, text: &str) {
        let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        if text.bytes().all(is_plain) {
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
    fn order_of_members_and_white_space_do_not_matter() {
        assert_eq!(of(r#"{"a":1,"b":[true]}"#), of(r#"{ "b": [true], "a": 1 }"#));
        assert_ne!(of(r#"{"a":1}"#), of(r#"{"a":"1"}"#));
    }

    /// Outcomes outlive a release, so the canonical form must never change.
    #[test]
    fn canonical_form_is_stable() {
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
