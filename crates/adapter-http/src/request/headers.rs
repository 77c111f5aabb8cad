//! The headers of a command: `Idempotency-Key` and `If-Match`.

use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderName};
use client_app::IdempotencyKey;
use client_domain::value::Version;
use client_wire::spec::OperationKind;
use client_wire::{Code, Item};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The values of both headers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CommandHeaders {
    pub(crate) idempotency_key: Option<IdempotencyKey>,
    pub(crate) expected_version: Option<Version>,
}

impl CommandHeaders {
    /// Reads both headers and adds each error to `items`. A query may have neither.
    pub(crate) fn read(headers: &HeaderMap, kind: OperationKind, items: &mut Vec<Item>) -> Self {
        let key = Header {
            name: IDEMPOTENCY_KEY,
            shown: "Idempotency-Key",
            rule: "1 to 255 visible ASCII characters",
        };
        let version =
            Header { name: IF_MATCH, shown: "If-Match", rule: "one version in quotes, such as \"7\"" };
        match kind {
            OperationKind::Command => Self {
                idempotency_key: key.read(headers, items, |text| IdempotencyKey::parse(text).ok()),
                expected_version: version.read(headers, items, strong_version),
            },
            OperationKind::Query => {
                key.reject(headers, items);
                version.reject(headers, items);
                Self::default()
            }
        }
    }
}

struct Header {
    name: HeaderName,
    shown: &'static str,
    rule: &'static str,
}

impl Header {
    fn read<T>(
        &self,
        headers: &HeaderMap,
        items: &mut Vec<Item>,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let mut values = headers.get_all(&self.name).iter();
        let first = values.next()?;
        let parsed = if values.next().is_some() { None } else { first.to_str().ok().and_then(parse) };
        if parsed.is_none() {
            let message = format!("The header must occur once and be {}.", self.rule);
            items.push(Item::new(Code::HeaderInvalid, message).field(self.shown));
        }
        parsed
    }

    fn reject(&self, headers: &HeaderMap, items: &mut Vec<Item>) {
        if headers.contains_key(&self.name) {
            items.push(
                Item::new(Code::HeaderNotApplicable, "A query does not take this header.").field(self.shown),
            );
        }
    }
}

/// One strong entity tag with a version as this service writes it. `*`, lists and weak tags do not name exactly one
/// version and are rejected.
fn strong_version(text: &str) -> Option<Version> {
    let digits = text.strip_prefix('"')?.strip_suffix('"')?;
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    if canonical { digits.parse().ok().and_then(Version::new) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&'static str, &str)], kind: OperationKind) -> (CommandHeaders, Vec<Item>) {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let mut items = Vec::new();
        (CommandHeaders::read(&headers, kind, &mut items), items)
    }

    #[test]
    fn command_has_the_values_of_both_headers() {
        let (headers, items) =
            read(&[("idempotency-key", "k-1"), ("if-match", "\"12\"")], OperationKind::Command);
        assert!(items.is_empty());
        assert_eq!(headers.idempotency_key, IdempotencyKey::parse("k-1").ok());
        assert_eq!(headers.expected_version, Version::new(12));
        assert_eq!(read(&[], OperationKind::Command), (CommandHeaders::default(), vec![]));
    }

    #[test]
    fn if_match_other_than_one_strong_version_is_rejected() {
        for bad in [
            "*",
            "12",
            "\"\"",
            "\"0\"",
            "\"01\"",
            "\"+1\"",
            "\"-1\"",
            "\"1.0\"",
            "W/\"1\"",
            "\"1\", \"2\"",
            "\"1",
            "\"",
            "\" 1\"",
            "\"9223372036854775808\"",
            "\"18446744073709551616\"",
            "'1'",
        ] {
            let (headers, items) = read(&[("if-match", bad)], OperationKind::Command);
            assert_eq!(headers.expected_version, None, "{bad}");
            let [item] = items.as_slice() else { panic!("{bad}") };
            assert_eq!((item.code, item.field.as_deref()), (Code::HeaderInvalid, Some("If-Match")));
            assert!(!item.message.contains(bad) || bad == "\"", "{bad}");
        }
    }

    #[test]
    fn malformed_or_repeated_idempotency_key_is_rejected() {
        let long = "k".repeat(256);
        for bad in [
            &[("idempotency-key", "")][..],
            &[("idempotency-key", "two words")],
            &[("idempotency-key", &long)],
            &[("idempotency-key", "a"), ("idempotency-key", "a")],
        ] {
            let (headers, items) = read(bad, OperationKind::Command);
            assert_eq!(headers.idempotency_key, None);
            assert_eq!(items.len(), 1);
            assert_eq!(items[0].field.as_deref(), Some("Idempotency-Key"));
        }
    }

    #[test]
    fn query_with_a_command_header_is_rejected() {
        let (_, items) = read(&[("idempotency-key", "k"), ("if-match", "\"1\"")], OperationKind::Query);
        let codes: Vec<_> = items.iter().map(|item| item.code).collect();
        assert_eq!(codes, [Code::HeaderNotApplicable; 2]);
    }
}
