//! The cookies of a session and of an attempt to sign in.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// How a cookie is named and protected.
///
/// For https its prefix makes browsers accept it only with `Secure`, path `/` and no domain, so no other host can set it. The
/// other names are for http on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    name: &'static str,
    is_secure: bool,
    /// After how many seconds the browser forgets it; by default when it is closed.
    max_age: Option<u32>,
}

impl Cookie {
    /// That of a session.
    pub(crate) const fn new(secure: bool) -> Self {
        Self { name: if secure { "__Host-clients" } else { "clients-dev" }, is_secure: secure, max_age: None }
    }

    /// That of an attempt to sign in, for so many seconds.
    pub(crate) const fn sign_in(secure: bool, seconds: u32) -> Self {
        let name = if secure { "__Host-clients-sign-in" } else { "clients-dev-sign-in" };
        Self { name, is_secure: secure, max_age: Some(seconds) }
    }

    /// The value that the browser sent; none if it sent several.
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<&str> {
        let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(name, _)| *name == self.name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// The header that sets it.
    pub(crate) fn set(self, value: &str) -> Option<HeaderValue> {
        self.header(value, self.max_age)
    }

    /// The header that removes it.
    pub(crate) fn remove(self) -> Option<HeaderValue> {
        self.header("", Some(0))
    }

    fn header(self, value: &str, max_age: Option<u32>) -> Option<HeaderValue> {
        let name = self.name;
        let max_age = max_age.map(|seconds| format!("Max-Age={seconds}; ")).unwrap_or_default();
        let secure = if self.is_secure { "; Secure" } else { "" };
        let header = format!("{name}={value}; {max_age}Path=/; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&header).ok()
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
        let read = |cookies: &[&'static str]| Cookie::new(true).read(&headers(cookies)).map(str::to_owned);
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
        assert_eq!(
            text(Cookie::new(true).set("x")),
            "__Host-clients=x; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(text(Cookie::new(false).set("x")), "clients-dev=x; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(
            text(Cookie::new(true).remove()),
            "__Host-clients=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            text(Cookie::sign_in(true, 600).set("x")),
            "__Host-clients-sign-in=x; Max-Age=600; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert!(text(Cookie::sign_in(false, 600).remove()).starts_with("clients-dev-sign-in=; Max-Age=0; "));
    }
}
