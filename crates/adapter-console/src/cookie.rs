//! The cookie of a session.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// How the cookie is named and protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// For https: browsers accept the prefix only with `Secure`, path `/` and no domain, so no other host can set it.
    Secure,
    /// For http on this machine.
    Development,
}

impl Cookie {
    pub(crate) const fn new(secure: bool) -> Self {
        if secure { Self::Secure } else { Self::Development }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-clients",
            Self::Development => "clients-dev",
        }
    }

    /// The value that the browser sent; none if it sent several.
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<&str> {
        let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(name, _)| *name == self.name()).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// The header that sets it until the browser is closed.
    pub(crate) fn set(self, value: &str) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("{}={value}; {}", self.name(), self.attributes())).ok()
    }

    /// The header that removes it.
    pub(crate) fn remove(self) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("{}=; Max-Age=0; {}", self.name(), self.attributes())).ok()
    }

    const fn attributes(self) -> &'static str {
        match self {
            Self::Secure => "Path=/; HttpOnly; SameSite=Lax; Secure",
            Self::Development => "Path=/; HttpOnly; SameSite=Lax",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&'static str]) -> HeaderMap {
        cookies.iter().map(|cookie| (COOKIE, HeaderValue::from_static(cookie))).collect()
    }

    #[test]
    fn cookie_is_read_by_its_exact_name_and_only_once() {
        let read = |cookies: &[&'static str]| Cookie::Secure.read(&headers(cookies)).map(str::to_owned);
        assert_eq!(read(&["a=1; __Host-clients=x; b=2"]), Some("x".to_owned()));
        for none in [&[][..], &["clients-dev=x"], &["__host-clients=x"], &["__Host-clients="]] {
            assert_eq!(read(none), None, "{none:?}");
        }
        assert_eq!(read(&["__Host-clients=x; __Host-clients=y"]), None);
        assert_eq!(read(&["__Host-clients=x", "__Host-clients=y"]), None);
    }

    #[test]
    fn cookie_is_protected() {
        let text = |header: Option<HeaderValue>| header.unwrap().to_str().unwrap().to_owned();
        assert_eq!(text(Cookie::Secure.set("x")), "__Host-clients=x; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(text(Cookie::Development.set("x")), "clients-dev=x; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(
            text(Cookie::Secure.remove()),
            "__Host-clients=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
    }
}
