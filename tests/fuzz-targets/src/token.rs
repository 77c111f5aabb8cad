use std::sync::{Arc, OnceLock};
use std::time::Duration;

use adapter_http::auth::{Expectations, KeySource, Refresh, Refused, TokenVerifier};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use client_app::Caller;
use client_domain::Permission;
use serde_json::{Value, json};

use crate::answer::{NOW, SECRET, now, run};

const ISSUER: &str = "https://issuer.example";
const AUDIENCE: &str = "clients-api";
/// The longest life of a token, and how far clocks may be apart, in seconds.
const LIFE: i64 = 3600;
const LEEWAY: i64 = 30;

/// No token is accepted without the right signature over just these bytes, by the algorithm of its key, for this issuer and
/// audience, within its time; and the caller is the one that its claims name.
///
/// The first byte chooses: a token as a whole, claims under a right header, a header over right claims (both signed with
/// the right key), or changes of a good token.
pub fn token(data: &[u8]) {
    let Some((&choice, rest)) = data.split_first() else { return };
    let ground = Ground::get();
    match choice % 4 {
        0 => {
            let Ok(text) = std::str::from_utf8(rest) else { return };
            ground.try_whole(text);
        }
        1 => ground.try_signed(br#"{"alg":"HS256"}"#, rest),
        2 => ground.try_signed(rest, claims().as_bytes()),
        _ => ground.try_changed(rest),
    }
}

/// A header and claims that are accepted, and whole tokens, each with its choice before it.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let ground = Ground::get();
    let [by_secret, by_key, _] = &ground.good;
    vec![
        [b"\0", by_secret.as_bytes()].concat(),
        [b"\0", by_key.as_bytes()].concat(),
        [b"\x01", claims().as_bytes()].concat(),
        b"\x02{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"k1\"}".to_vec(),
        vec![3, 0, 0, 20, 1],
    ]
}

fn claims() -> String {
    json!({
        "sub": "maker-1", "iss": ISSUER, "aud": [AUDIENCE], "iat": NOW, "nbf": NOW, "exp": NOW + 600,
        "permissions": ["customers.read"], "scope": "customers.write", "branchId": "ikeja-01",
        "email": "ada@example.com", "email_verified": true,
    })
    .to_string()
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn message(header: &[u8], claims: &[u8]) -> String {
    format!("{}.{}", encode(header), encode(claims))
}

/// Verifiers of a secret and of two public keys, and a good token of each key.
struct Ground {
    secret: TokenVerifier,
    keys: TokenVerifier,
    good: [String; 3],
}

impl Ground {
    fn get() -> &'static Self {
        static GROUND: OnceLock<Ground> = OnceLock::new();
        GROUND.get_or_init(Self::lay)
    }

    fn lay() -> Self {
        let ed = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let (x, y) = ec.public_key().as_ref()[1..].split_at(32);
        let keys = json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": encode(ed.public_key().as_ref()) },
            { "kty": "EC", "crv": "P-256", "kid": "ec", "x": encode(x), "y": encode(y) },
        ] });
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        std::fs::write(&file, keys.to_string()).unwrap();
        let load = |source| {
            let expected = Expectations {
                issuer: Some(ISSUER.to_owned()),
                audience: Some(AUDIENCE.to_owned()),
                max_lifetime: Some(Duration::from_secs(LIFE.unsigned_abs())),
                ..Expectations::default()
            };
            // The keys do not age while a target runs for hours.
            let refresh = Refresh { max_age: Duration::MAX, ..Refresh::default() };
            run(TokenVerifier::load(vec![source], expected, Arc::new(now), refresh)).unwrap()
        };
        let of = |header: &str| message(header.as_bytes(), claims().as_bytes());
        let edwards = of(r#"{"alg":"EdDSA","kid":"ed"}"#);
        let message_for_ec = of(r#"{"alg":"ES256","kid":"ec"}"#);
        let of_ec = ec.sign(&SystemRandom::new(), message_for_ec.as_bytes()).unwrap();
        Self {
            secret: load(KeySource::hs256_secret("the targets", SECRET)),
            keys: load(KeySource::jwks_file("the targets", file)),
            good: [
                sign(&of(r#"{"alg":"HS256"}"#)),
                format!("{edwards}.{}", encode(ed.sign(edwards.as_bytes()).as_ref())),
                format!("{message_for_ec}.{}", encode(of_ec.as_ref())),
            ],
        }
    }

    /// A text under both verifiers: nothing is accepted that was not signed with the key.
    fn try_whole(&self, text: &str) {
        let accepted = verify(&self.secret, text).is_ok();
        assert!(!accepted || is_signed_with_the_secret(text), "a forgery under the secret: {text}");
        let accepted = verify(&self.keys, text).is_ok();
        assert!(!accepted || self.has_a_good_message(text), "a forgery under the public keys: {text}");
    }

    /// Of ECDSA there are two signatures for each message, so only the message is compared.
    fn has_a_good_message(&self, text: &str) -> bool {
        let of = |text: &str| text.rsplit_once('.').map(|(message, _)| message.to_owned());
        self.good.iter().skip(1).any(|good| of(good) == of(text))
    }

    /// A header and claims that are signed with the secret, whatever they are.
    fn try_signed(&self, header: &[u8], claims: &[u8]) {
        let text = sign(&message(header, claims));
        assert!(verify(&self.keys, &text).is_err(), "a secret is no public key");
        let Ok(caller) = verify(&self.secret, &text) else { return };
        let header: Value = serde_json::from_slice(header).expect("an accepted header is JSON");
        assert_eq!(header["alg"], "HS256");
        assert!(header.get("crit").is_none() && (header.get("kid").is_none() || header["kid"].is_string()));
        let claims: Value = serde_json::from_slice(claims).expect("accepted claims are JSON");
        check_time(&claims);
        check_caller(&claims, &caller);
    }

    /// A good token with some of its bytes replaced.
    fn try_changed(&self, changes: &[u8]) {
        let Some((&which, changes)) = changes.split_first() else { return };
        let which = usize::from(which) % self.good.len();
        let good = &self.good[which];
        let verifier = if which == 0 { &self.secret } else { &self.keys };
        assert!(verify(verifier, good).is_ok(), "the good token");
        let mut bytes = good.clone().into_bytes();
        for change in changes.chunks_exact(3).take(8) {
            let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % bytes.len();
            bytes[at] = change[2] & 0x7f;
        }
        let text = String::from_utf8(bytes).expect("ASCII stays ASCII");
        if verify(verifier, &text).is_ok() {
            assert!(text == *good || (which == 2 && self.has_a_good_message(&text)), "{text} for {good}");
        }
    }
}

/// The answer, which is the same when the token is known.
fn verify(verifier: &TokenVerifier, text: &str) -> Result<Caller, Refused> {
    let first = run(verifier.verify(text));
    assert_eq!(run(verifier.verify(text)), first, "another answer for the same token");
    first
}

fn sign(message: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET);
    format!("{message}.{}", encode(hmac::sign(&key, message.as_bytes()).as_ref()))
}

fn is_signed_with_the_secret(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(message, _)| sign(message) == text)
}

fn check_time(claims: &Value) {
    // Fractions are below what is compared.
    let date = |name: &str| claims.get(name).map(|date| date.as_f64().expect("a number"));
    let (now, leeway) = (f64::from(u32::try_from(NOW).unwrap()), f64::from(u8::try_from(LEEWAY).unwrap()));
    let life = f64::from(u16::try_from(LIFE).unwrap());
    let expires = date("exp").expect("a token has an end");
    let issued = date("iat").unwrap_or(now);
    assert!(expires + leeway > now, "expired");
    assert!(expires < now + life + leeway + 1.0, "it lives too long from now");
    assert!(expires < issued + life + leeway + 1.0 || issued > now, "it lives too long");
    assert!(issued <= now + leeway && date("nbf").is_none_or(|date| date <= now + leeway), "too early");
}

fn check_caller(claims: &Value, caller: &Caller) {
    assert_eq!(claims["iss"], ISSUER);
    let audience = &claims["aud"];
    assert!(audience == AUDIENCE || audience.as_array().is_some_and(|all| all.contains(&AUDIENCE.into())));
    assert_eq!(claims["sub"], caller.actor.id.as_str());
    assert!(!caller.actor.id.as_str().to_lowercase().starts_with("system:"));
    let listed: Vec<_> = claims["permissions"].as_array().into_iter().flatten().collect();
    let scope = claims["scope"].as_str().unwrap_or_default();
    for permission in caller.permissions.iter().map(Permission::name) {
        let named =
            listed.iter().any(|name| **name == permission) || scope.split(' ').any(|name| name == permission);
        assert!(named, "{permission} came from nowhere");
    }
    if let Some(email) = &caller.actor.email {
        assert!(
            claims["email"].is_string()
                && matches!(&claims["email_verified"], Value::Bool(true) | Value::String(_))
        );
        assert!(!email.as_str().is_empty());
    }
}
