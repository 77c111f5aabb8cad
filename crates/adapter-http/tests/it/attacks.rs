//! Tokens that must not be accepted, by name.

mod claims;
mod edge_values;
mod forgeries;

use serde_json::{Value, json};

use crate::fixture::{AUDIENCE, ISSUER, NOW};
use crate::keys::Signer;

/// A kind of verifier under attack: the key that it trusts, and its key id.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) signer: &'static Signer,
    pub(crate) kid: Option<&'static str>,
}

/// The header that is sent instead of `Authorization: Bearer <good token>`.
pub(crate) struct Attack {
    pub(crate) name: String,
    pub(crate) headers: String,
    pub(crate) query: String,
}

pub(crate) fn good_claims() -> Value {
    json!({
        "sub": "maker-1", "iss": ISSUER, "aud": AUDIENCE, "iat": NOW - 10, "nbf": NOW - 10, "exp": NOW + 300,
        "permissions": ["customers.read"],
    })
}

impl Target {
    fn header(&self) -> Value {
        let mut header = json!({"alg": self.signer.algorithm(), "typ": "JWT"});
        if let Some(kid) = self.kid {
            header["kid"] = kid.into();
        }
        header
    }

    pub(crate) fn good(&self) -> String {
        self.signer.token(&self.header().to_string(), &good_claims().to_string())
    }

    fn with_header(&self, member: &str, value: Value) -> String {
        self.signer.token(&with(self.header(), member, value).to_string(), &good_claims().to_string())
    }

    fn with_claim(&self, member: &str, value: Value) -> String {
        self.signer.token(&self.header().to_string(), &with(good_claims(), member, value).to_string())
    }

    fn without_claim(&self, member: &str) -> String {
        let mut claims = good_claims();
        claims.as_object_mut().unwrap().remove(member);
        self.signer.token(&self.header().to_string(), &claims.to_string())
    }

    fn raw_claims(&self, claims: &str) -> String {
        self.signer.token(&self.header().to_string(), claims)
    }

    fn raw_header(&self, header: &str) -> String {
        self.signer.token(header, &good_claims().to_string())
    }

    pub(crate) fn attacks(&self) -> Vec<Attack> {
        let mut tokens: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, token: String| tokens.push((name.to_owned(), token));
        self.algorithms(&mut add);
        self.signatures(&mut add);
        self.edge_values(&mut add);
        self.shapes(&mut add);
        self.headers(&mut add);
        self.times(&mut add);
        self.addressing(&mut add);
        self.subjects(&mut add);
        let mut attacks: Vec<Attack> = tokens
            .into_iter()
            .map(|(name, token)| Attack {
                name,
                headers: format!("Authorization: Bearer {token}\r\n"),
                query: String::new(),
            })
            .collect();
        self.transports(&mut attacks);
        attacks
    }

    fn transports(&self, attacks: &mut Vec<Attack>) {
        let good = self.good();
        let bearer = format!("Authorization: Bearer {good}\r\n");
        for (name, headers, query) in [
            ("nothing", String::new(), String::new()),
            ("two headers with the token", format!("{bearer}{bearer}"), String::new()),
            (
                "the token and a second header",
                format!("{bearer}Authorization: Basic eDp5\r\n"),
                String::new(),
            ),
            ("a header before the token", format!("Authorization: Basic eDp5\r\n{bearer}"), String::new()),
            ("Basic", format!("Authorization: Basic {good}\r\n"), String::new()),
            ("no scheme", format!("Authorization: {good}\r\n"), String::new()),
            ("a scheme and no token", "Authorization: Bearer\r\n".to_owned(), String::new()),
            ("a scheme and blanks", "Authorization: Bearer   \r\n".to_owned(), String::new()),
            ("another scheme", format!("Authorization: Token {good}\r\n"), String::new()),
            ("a scheme too much", format!("Authorization: Bearer Bearer {good}\r\n"), String::new()),
            ("a colon", format!("Authorization: Bearer: {good}\r\n"), String::new()),
            ("a tabulator", format!("Authorization: Bearer\t{good}\r\n"), String::new()),
            ("bytes that are no text", "Authorization: Bearer \u{e9}\r\n".to_owned(), String::new()),
            ("another header", format!("Proxy-Authorization: Bearer {good}\r\n"), String::new()),
            ("a forwarded header", format!("X-Forwarded-Authorization: Bearer {good}\r\n"), String::new()),
            (
                "a cookie",
                format!("Cookie: access_token={good}; Authorization=Bearer {good}\r\n"),
                String::new(),
            ),
            (
                "the query string",
                String::new(),
                format!("?access_token={good}&Authorization=Bearer%20{good}"),
            ),
        ] {
            attacks.push(Attack { name: format!("token in {name}"), headers, query });
        }
    }
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

fn with(mut object: Value, member: &str, value: Value) -> Value {
    object[member] = value;
    object
}
