//! Claims with a valid signature that must not be accepted.

use serde_json::json;

use super::{Target, good_claims, number};
use crate::fixture::{AUDIENCE, ISSUER, NOW};

impl Target {
    pub(super) fn times(&self, add: &mut impl FnMut(&str, String)) {
        let malformed = |at: i64| {
            vec![
                json!(at.to_string()),
                json!(-1),
                json!(-0.5),
                json!(number(&format!("-{at}.5"))),
                json!(1e15),
                json!("NaN"),
                json!("Infinity"),
                json!(9_223_372_036_854_775_808_u64),
                json!(u64::MAX),
                json!(i64::MAX),
                json!(1e300),
                json!(null),
                json!(true),
                json!([at]),
                json!({}),
            ]
        };
        for (claim, at) in [("exp", NOW + 300), ("nbf", NOW - 10), ("iat", NOW - 10)] {
            for value in malformed(at) {
                add(&format!("{claim} {value}"), self.with_claim(claim, value));
            }
        }
        add("exp absent", self.without_claim("exp"));
        for long in [3_631, 86_400, 31_536_000] {
            add(&format!("valid for {long} s"), self.with_claim("exp", (NOW + long).into()));
        }
        let long_ago = number(&format!("{}.5", NOW - 4_000));
        add(
            "issued long ago and valid for longer than the maximum lifetime",
            self.with_claim("iat", json!(long_ago)),
        );
        for late in [30, 31, 61, 86_400, NOW] {
            add(&format!("expired {late} s ago"), self.with_claim("exp", (NOW - late).into()));
        }
        for early in [31, 61, 86_400] {
            add(&format!("valid in {early} s"), self.with_claim("nbf", (NOW + early).into()));
            add(&format!("issued in {early} s"), self.with_claim("iat", (NOW + early).into()));
        }
        for number in
            ["1e999", "1e400", "-1e400", "NaN", "Infinity", "-Infinity", "0x6b49d32c", "1800000300."]
        {
            add(
                &format!("{number} where a time should be"),
                self.raw_claims(&good_claims().to_string().replace("1800000300", number)),
            );
        }
    }

    pub(super) fn addressing(&self, add: &mut impl FnMut(&str, String)) {
        for claim in ["iss", "aud", "sub"] {
            add(&format!("{claim} absent"), self.without_claim(claim));
            for value in [json!(""), json!(null), json!(1), json!({}), json!([]), json!(true)] {
                add(&format!("{claim} {value}"), self.with_claim(claim, value));
            }
        }
        for iss in [
            format!("{ISSUER}/"),
            ISSUER.to_uppercase(),
            format!(" {ISSUER}"),
            "https://issuer.example.evil".to_owned(),
        ] {
            add(&format!("iss {iss:?}"), self.with_claim("iss", iss.into()));
        }
        add("iss in an array", self.with_claim("iss", json!([ISSUER])));
        for aud in [
            json!("clients"),
            json!("clients-api2"),
            json!("CLIENTS-API"),
            json!(["other"]),
            json!([[AUDIENCE]]),
            json!({AUDIENCE: 1}),
        ] {
            add(&format!("aud {aud}"), self.with_claim("aud", aud));
        }
    }

    pub(super) fn subjects(&self, add: &mut impl FnMut(&str, String)) {
        for (name, sub) in [
            ("blanks", "   ".to_owned()),
            ("a blank in front", " maker-1".to_owned()),
            ("a blank behind", "maker-1 ".to_owned()),
            ("a line break", "maker\n1".to_owned()),
            ("a NUL", "maker\u{0}".to_owned()),
            ("a text-direction character", "maker\u{202e}1".to_owned()),
            ("a name of the service", "system:expiry-watch".to_owned()),
            ("a name of the service in capitals", "SYSTEM:expiry-watch".to_owned()),
            ("a name of the service in wide letters", "\u{ff53}ystem:expiry-watch".to_owned()),
            ("a name of the service with an invisible character", "sys\u{200b}tem:expiry-watch".to_owned()),
            ("a decomposed letter", "e\u{301}".to_owned()),
            ("256 characters", "s".repeat(256)),
            ("2000 characters", "s".repeat(2000)),
        ] {
            add(&format!("sub with {name}"), self.with_claim("sub", sub.into()));
        }
    }
}
