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
        let mut canonical = Canonical { hashers: [Sha256::new()] };
        canonical.object(data);
        let [fingerprint] = canonical.hashers;
        Self(fingerprint.finalize().into())
    }
}

/// The fingerprint of a body, which is stored, and a secret of the same body, which never is: the body cannot be told from
/// the one, and the other not from the fingerprint.
pub(super) fn fingerprint_and_secret(data: &Map<String, Value>) -> (Fingerprint, BodySecret) {
    let mut canonical = Canonical { hashers: [Sha256::new(), Sha256::new_with_prefix(SECRET)] };
    canonical.object(data);
    let [fingerprint, secret] = canonical.hashers;
    (Fingerprint(fingerprint.finalize().into()), BodySecret(secret.finalize().into()))
}

/// What only a caller who has the body knows.
pub(super) struct BodySecret(pub(super) [u8; 32]);

/// What tells the secret of a body from its fingerprint.
const SECRET: &[u8] = b"clients: the secret of a body\0";

/// The canonical form of a body, hashed as it is written: a file of 10 MiB is not copied for it.
///
/// Written out here rather than left to `serde_json`, whose order of members depends on a feature that any crate of
/// the tree can switch on.
struct Canonical<const N: usize> {
    hashers: [Sha256; N],
}

impl<const N: usize> Canonical<N> {
    fn update(&mut self, bytes: impl AsRef<[u8]>) {
        for hasher in &mut self.hashers {
            hasher.update(bytes.as_ref());
        }
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
    use serde_json::json;

    use super::*;

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
        assert!(Fingerprint::of(body.as_object().unwrap()) == expected);
    }

    #[test]
    fn the_secret_of_a_body_is_not_its_fingerprint() {
        let body = json!({ "a": 1 });
        let (fingerprint, secret) = fingerprint_and_secret(body.as_object().unwrap());
        assert!(fingerprint == Fingerprint::of(body.as_object().unwrap()));
        assert_ne!(secret.0, fingerprint.0);
        assert_eq!(secret.0, fingerprint_and_secret(body.as_object().unwrap()).1.0);
        assert_ne!(secret.0, fingerprint_and_secret(json!({ "a": 2 }).as_object().unwrap()).1.0);
    }
}
