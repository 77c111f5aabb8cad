//! The examples of the chapter on identity providers: the mapping is read, and a signed token with the claims has the
//! permissions that the chapter says.

use std::sync::Arc;

use client_domain::Permission;
use jiff::Timestamp;
use serde_json::{Value, json};
use token_verification::{Clock, Expectations, KeySource, PermissionClaims, Refresh, TokenVerifier};

use crate::expected::{AUDIENCE, ISSUER, NOW, SECRET, expectations};
use crate::keys::Signer;

const CHAPTER: &str = include_str!("../../../../docs/identity-providers.md");

/// The rest of the line and the JSON after a mark such as `<!-- mapping: keycloak`.
fn block(mark: &str) -> (&'static str, &'static str) {
    let (_, rest) = CHAPTER.split_once(mark).unwrap_or_else(|| panic!("the chapter has no {mark}"));
    let (label, rest) = rest.split_once("-->\n```json\n").unwrap();
    let (json, _) = rest.split_once("\n```\n").unwrap();
    (label.trim().trim_start_matches("= "), json)
}

async fn verifier(permissions: PermissionClaims) -> TokenVerifier {
    let clock: Clock = Arc::new(|| Timestamp::from_second(NOW).unwrap());
    let source = KeySource::hs256_secret("SECRET", SECRET);
    let expected = Expectations { permissions, ..expectations() };
    TokenVerifier::load(vec![source], expected, clock, Refresh::default()).await.unwrap()
}

/// A token with these claims, and those that every token needs.
fn token(claims: &str) -> String {
    let mut claims: Value = serde_json::from_str(claims).unwrap();
    for (name, value) in [("iss", json!(ISSUER)), ("aud", json!(AUDIENCE)), ("exp", json!(NOW + 300))] {
        claims[name] = value;
    }
    Signer::hmac(SECRET).token(r#"{"alg":"HS256","typ":"JWT"}"#, &claims.to_string())
}

#[tokio::test]
async fn every_example_of_the_chapter_grants_what_it_says() {
    for provider in ["keycloak", "entra", "auth0"] {
        let (_, mapping) = block(&format!("<!-- mapping: {provider}"));
        let (expected, claims) = block(&format!("<!-- claims: {provider}"));
        let verifier = verifier(PermissionClaims::read(mapping).unwrap()).await;
        let caller = verifier.verify(&token(claims)).await.unwrap();
        let held: Vec<_> = caller.permissions.iter().map(Permission::name).collect();
        assert_eq!(held.join(" "), expected, "{provider}");
    }
}

#[tokio::test]
async fn claims_that_the_bank_does_not_name_grant_nothing() {
    let (_, mapping) = block("<!-- mapping: keycloak");
    let verifier = verifier(PermissionClaims::read(mapping).unwrap()).await;
    let claims = json!({
        "sub": "maker-1", "permissions": ["customers.exit"], "scope": "customers.exit", "roles": ["maker"],
        "realm_access": { "roles": ["maker"] },
    });
    let caller = verifier.verify(&token(&claims.to_string())).await.unwrap();
    assert_eq!(caller.permissions.iter().count(), 0);
}
