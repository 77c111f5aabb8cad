//! The id by which a request is found in the log.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName};
use client_app::RequestId;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id that the caller sent, if there is exactly one and it is well-formed; else a fresh one.
pub(crate) fn of(headers: &HeaderMap) -> Option<RequestId> {
    let mut given = headers.get_all(X_REQUEST_ID).iter();
    let own = match (given.next(), given.next()) {
        (Some(id), None) => id.to_str().ok().filter(|id| is_plain(id)),
        _ => None,
    };
    own.and_then(|id| RequestId::parse(id).ok()).or_else(|| RequestId::parse(&fresh()).ok())
}

/// Whether no program interprets the id that it is copied into: a spreadsheet, a path, a page, a command line.
fn is_plain(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_alphanumeric())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:+=~".contains(&byte))
}

/// 32 random hexadecimal characters.
#[expect(
    clippy::disallowed_methods,
    reason = "a request id only names a log line; it is no key of the domain"
)]
fn fresh() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut bytes = [0; 16];
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    if getrandom::fill(&mut bytes).is_err() {
        // Without randomness the id is still unique in this process.
        bytes = u128::from(count).to_be_bytes();
    }
    bytes.iter().fold(String::with_capacity(32), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(ids: &[&'static str]) -> HeaderMap {
        ids.iter().map(|id| (X_REQUEST_ID, id.parse().unwrap())).collect()
    }

    #[test]
    fn well_formed_id_is_kept_and_any_other_is_replaced() {
        assert_eq!(of(&headers(&["abc-1"])).unwrap().as_str(), "abc-1");
        for ids in [&[][..], &[""], &["two words"], &["a", "b"], &["é"]] {
            let id = of(&headers(ids)).unwrap();
            assert_eq!(id.as_str().len(), 32, "{ids:?}");
            assert_ne!(of(&headers(ids)), Some(id));
        }
    }

    #[test]
    fn id_that_other_programs_would_interpret_is_replaced() {
        let kept = [
            "0af7651916cd43dd8448eb211c80319c",
            "3f1c7a52-0d3e-4b6a-9a49-2f6f3c1f9d11",
            "Root=1-67891233-abcdef012345678912345678",
            "gateway:7.a_b~c+d=",
        ];
        for id in kept {
            assert_eq!(of(&headers(&[id])).unwrap().as_str(), id);
        }
        for id in [
            "=HYPERLINK(1)",
            "+1",
            "-1",
            "@a",
            "../a",
            "a/../b",
            "a\"b",
            "a'b",
            "<b>",
            "a;b",
            "$(a)",
            "a`b",
            "a|b",
            "%41",
        ] {
            assert_ne!(of(&headers(&[id])).unwrap().as_str(), id);
        }
    }
}
