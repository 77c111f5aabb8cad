//! Whether a request that changes something comes from a page of this service.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the browser says that a page of this service sent the request. Browsers that do not say so (before 2023) name
/// its origin at least.
pub(crate) fn is_own(headers: &HeaderMap) -> bool {
    match One::of(headers, &SEC_FETCH_SITE) {
        One::Text(site) => site == "same-origin",
        One::Unclear => false,
        One::Absent => match (One::of(headers, &ORIGIN), One::of(headers, &HOST)) {
            (One::Text(origin), One::Text(host)) => {
                let web = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
                web.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
            }
            _ => false,
        },
    }
}

/// The value of a header that may occur once.
pub(crate) enum One<'a> {
    Absent,
    Text(&'a str),
    /// It occurs twice, or is not text.
    Unclear,
}

impl<'a> One<'a> {
    pub(crate) fn of(headers: &'a HeaderMap, name: &HeaderName) -> Self {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(value), None) => value.to_str().map_or(Self::Unclear, Self::Text),
            (Some(_), Some(_)) => Self::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_this_service_is_accepted() {
        let is_own = |headers: &[(&'static str, &'static str)]| {
            let pairs = headers.iter().chain(&[("host", "bank.example:8443")]);
            is_own(&pairs.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect())
        };
        for good in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("origin", "https://bank.example:8443")],
            &[("origin", "https://BANK.example:8443")],
        ] {
            assert!(is_own(good), "{good:?}");
        }
        for bad in [
            &[][..],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://bank.example:8443")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("origin", "null")],
            &[("origin", "https://bank.example")],
            &[("origin", "https://bank.example:8443.evil.example")],
            &[("origin", "https://evil.example"), ("origin", "https://bank.example:8443")],
            &[("origin", "ftp://bank.example:8443")],
        ] {
            assert!(!is_own(bad), "{bad:?}");
        }
    }
}
