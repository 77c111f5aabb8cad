//! The headers of a command, `Idempotency-Key` and `If-Match`, and those of a query, `Read-Version` and `Read-Token`.

use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use client_app::ports::LogPosition;
use client_app::{IdempotencyKey, Seen};
use client_domain::value::Version;
use client_wire::spec::OperationKind;
use client_wire::{Code, Failure, Item};

use crate::middleware::url_parameters;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const READ_VERSION: HeaderName = HeaderName::from_static("read-version");
/// The position in the log that a command answers, and a query sends back.
pub(crate) const READ_TOKEN: HeaderName = HeaderName::from_static("read-token");

/// The values of the headers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OperationHeaders {
    pub(crate) idempotency_key: Option<IdempotencyKey>,
    pub(crate) expected_version: Option<Version>,
    /// What the caller of a query has seen.
    pub(crate) seen: Seen,
}

impl OperationHeaders {
    /// The headers of a request whose operation is its path: it has no parameters in its address, and all errors are reported
    /// together.
    pub(crate) fn of_path(parts: &Parts, kind: OperationKind) -> Result<Self, Failure> {
        let mut items = Vec::new();
        url_parameters::reject(&parts.uri, &mut items);
        let headers = Self::read(&parts.headers, kind, &mut items);
        if items.is_empty() { Ok(headers) } else { Err(Failure::invalid(items)) }
    }

    /// Reads the headers and adds each error to `items`. A query may have none of a command, and a command none of a query.
    pub(crate) fn read(headers: &HeaderMap, kind: OperationKind, items: &mut Vec<Item>) -> Self {
        let key = Header {
            name: IDEMPOTENCY_KEY,
            shown: "Idempotency-Key",
            rule: "1 to 255 visible ASCII characters",
        };
        let rule = "one version in quotes, such as \"7\"";
        let version = Header { name: IF_MATCH, shown: "If-Match", rule };
        let read_version = Header { name: READ_VERSION, shown: "Read-Version", rule };
        let token =
            Header { name: READ_TOKEN, shown: "Read-Token", rule: "what a command has answered in it" };
        match kind {
            OperationKind::Command => {
                read_version.reject(headers, items, kind);
                token.reject(headers, items, kind);
                Self {
                    idempotency_key: key.read(headers, items, |text| IdempotencyKey::parse(text).ok()),
                    expected_version: version.read(headers, items, strong_version),
                    seen: Seen::default(),
                }
            }
            OperationKind::Query => {
                key.reject(headers, items, kind);
                version.reject(headers, items, kind);
                let seen = Seen {
                    version: read_version.read(headers, items, strong_version),
                    position: token.read(headers, items, |text| LogPosition::parse(text).ok()),
                };
                Self { seen, ..Self::default() }
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

    fn reject(&self, headers: &HeaderMap, items: &mut Vec<Item>, kind: OperationKind) {
        if headers.contains_key(&self.name) {
            let message = format!("A {} does not take this header.", kind.noun());
            items.push(Item::new(Code::HeaderNotApplicable, message).field(self.shown));
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

    fn read(headers: &[(&'static str, &str)], kind: OperationKind) -> (OperationHeaders, Vec<Item>) {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let mut items = Vec::new();
        (OperationHeaders::read(&headers, kind, &mut items), items)
    }

    #[test]
    fn command_has_the_values_of_both_headers() {
        let (headers, items) =
            read(&[("idempotency-key", "k-1"), ("if-match", "\"12\"")], OperationKind::Command);
        assert!(items.is_empty());
        assert_eq!(headers.idempotency_key, IdempotencyKey::parse("k-1").ok());
        assert_eq!(headers.expected_version, Version::new(12));
        assert_eq!(read(&[], OperationKind::Command), (OperationHeaders::default(), vec![]));
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

    #[test]
    fn query_says_what_its_caller_has_seen() {
        let sent = [("read-version", "\"12\""), ("read-token", "000000010000000003000148")];
        let (headers, items) = read(&sent, OperationKind::Query);
        assert_eq!(items, []);
        let position = Some(LogPosition::new(1, 0x0300_0148));
        assert_eq!(headers.seen, Seen { version: Version::new(12), position });
        let (headers, items) = read(&sent, OperationKind::Command);
        assert_eq!(headers, OperationHeaders::default());
        let codes: Vec<_> = items.iter().map(|item| item.code).collect();
        assert_eq!(codes, [Code::HeaderNotApplicable; 2]);
    }

    #[test]
    fn what_was_seen_is_refused_in_another_form() {
        for (name, bad) in [
            ("read-version", "12"),
            ("read-version", "W/\"12\""),
            ("read-token", ""),
            ("read-token", "3000148"),
            ("read-token", "00000001/000000003000148"),
            ("read-token", "00000001000000000300014G"),
            ("read-token", "00000001000000000300014A"),
            ("read-token", "00000001+000000003000148"),
            ("read-token", "0000000100000000030001480"),
        ] {
            let (headers, items) = read(&[(name, bad)], OperationKind::Query);
            assert_eq!(headers.seen, Seen::default(), "{bad}");
            let codes: Vec<_> = items.iter().map(|item| item.code).collect();
            assert_eq!(codes, [Code::HeaderInvalid], "{bad}");
        }
    }
}
