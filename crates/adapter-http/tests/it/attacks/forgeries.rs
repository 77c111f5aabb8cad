//! Algorithms, signatures, shapes and headers other than those of the trusted key.

use serde_json::{Value, json};

use super::{Target, good_claims, with};
use crate::keys::{Signer, encode, pairs};

impl Target {
    pub(super) fn algorithms(&self, add: &mut impl FnMut(&str, String)) {
        let claims = good_claims().to_string();
        for none in ["none", "None", "NONE", "nOnE"] {
            let header = with(self.header(), "alg", none.into()).to_string();
            add(&format!("alg {none}, no signature"), format!("{}.{}.", encode(&header), encode(&claims)));
            add(&format!("alg {none}, good signature"), self.raw_header(&header));
        }
        for alg in [
            "", "rs256", "es256", "eddsa", "hs256", "HS384", "HS512", "RS384", "RS512", "PS256", "ES384",
            "ES256K",
        ] {
            add(&format!("alg {alg:?} over a good signature"), self.with_header("alg", alg.into()));
        }
        for alg in [json!(null), json!(256), json!([self.signer.algorithm()]), json!(true)] {
            add(&format!("alg {alg}"), self.with_header("alg", alg));
        }
        let mut header = self.header();
        header.as_object_mut().unwrap().remove("alg");
        add("alg absent", self.raw_header(&header.to_string()));
        for other in pairs().iter().filter(|other| other.algorithm() != self.signer.algorithm()) {
            let alg = other.algorithm();
            add(&format!("alg {alg} over a good signature"), self.with_header("alg", alg.into()));
            let header = with(self.header(), "alg", alg.into()).to_string();
            add(
                &format!("alg and signature of an untrusted {alg} key"),
                other.untrusted().token(&header, &claims),
            );
            add(
                &format!("an untrusted {alg} signature under the trusted alg"),
                other.token(&self.header().to_string(), &claims),
            );
        }
        let header = with(self.header(), "alg", "HS256".into()).to_string();
        for (index, public) in self.signer.public_bytes().into_iter().enumerate() {
            add(
                &format!("HS256 with the public key as secret, form {index}"),
                Signer::hmac(public).token(&header, &claims),
            );
        }
        for (what, secret) in
            [("an empty", vec![]), ("a zero", vec![0; 32]), ("a well-known", b"secret".to_vec())]
        {
            add(&format!("HS256 with {what} secret"), Signer::hmac(secret).token(&header, &claims));
        }
    }

    pub(super) fn signatures(&self, add: &mut impl FnMut(&str, String)) {
        let good = self.good();
        let (message, signature) = good.rsplit_once('.').unwrap();
        let bytes = self.signer.sign(message.as_bytes());
        let signed = |bytes: &[u8]| format!("{message}.{}", encode(bytes));
        add("no signature", format!("{message}."));
        add("one byte of signature", signed(&bytes[..1]));
        add("a signature cut by one byte", signed(&bytes[..bytes.len() - 1]));
        add("a signature longer by one byte", signed(&[bytes.as_slice(), &[0]].concat()));
        add("a signature of zeros", signed(&vec![0; bytes.len()]));
        add("a signature of ones", signed(&vec![255; bytes.len()]));
        add("a signature twice", signed(&[bytes.clone(), bytes.clone()].concat()));
        let mut flipped = bytes.clone();
        flipped[0] ^= 1;
        add("the first bit flipped", signed(&flipped));
        let mut flipped = bytes.clone();
        *flipped.last_mut().unwrap() ^= 0x80;
        add("a last bit flipped", signed(&flipped));
        let other = self.with_claim("sub", "maker-2".into());
        add("the signature of another token", format!("{message}.{}", other.rsplit_once('.').unwrap().1));
        let (header, _) = message.split_once('.').unwrap();
        let raised = with(good_claims(), "sub", "admin".into()).to_string();
        add("changed claims", format!("{header}.{}.{signature}", encode(raised)));
        let changed = with(self.header(), "x", 1.into()).to_string();
        add(
            "changed header",
            format!("{}.{}.{signature}", encode(changed), encode(good_claims().to_string())),
        );
        let header = self.header().to_string();
        add(
            "an untrusted key of the same kind",
            self.signer.untrusted().token(&header, &good_claims().to_string()),
        );
        add("a detached payload", format!("{}..{signature}", encode(&header)));
        // The last character carries bits that belong to no byte; only zeros are the canonical spelling.
        let mut stray = good.clone().into_bytes();
        *stray.last_mut().unwrap() += 1;
        add("stray bits behind the signature", String::from_utf8(stray).unwrap());
    }

    pub(super) fn shapes(&self, add: &mut impl FnMut(&str, String)) {
        let good = self.good();
        let parts: Vec<&str> = good.split('.').collect();
        let [header, claims, signature] = parts.as_slice() else { panic!("three parts") };
        for (name, token) in [
            ("no dot", header.to_string()),
            ("one dot", format!("{header}.{claims}")),
            ("three dots", format!("{good}.{signature}")),
            ("four dots", format!("{header}.{claims}.{signature}.{claims}.{signature}")),
            ("only dots", "..".to_owned()),
            ("four dots and nothing else", "....".to_owned()),
            ("a dot in front", format!(".{good}")),
            ("a dot behind", format!("{good}.")),
            ("padding behind the header", format!("{header}=.{claims}.{signature}")),
            ("padding behind the claims", format!("{header}.{claims}=.{signature}")),
            ("padding behind the signature", format!("{good}==")),
            ("a percent escape", good.replacen('.', "%2E", 1)),
            ("a blank inside", format!("{header}. {claims}.{signature}")),
            ("a letter of no alphabet", format!("{header}.{claims}.{signature}!")),
            ("an empty header", format!(".{claims}.{signature}")),
            ("letters", "token".to_owned()),
            ("quotes around it", format!("\"{good}\"")),
            ("two of them", format!("{good} {good}")),
            ("two of them with a comma", format!("{good},{good}")),
        ] {
            add(name, token);
        }
        let padded = self.with_claim("pad", "x".repeat(8 * 1024).into());
        add("more than 8 KiB", padded);
        for claims in ["", "null", "[]", "\"text\"", "1", "{", "{\"sub\"", "{}", "{} {}"] {
            add(&format!("the claims {claims:?}"), self.raw_claims(claims));
        }
        add("a byte order mark before the claims", self.raw_claims(&format!("\u{feff}{}", good_claims())));
        add("garbage behind the claims", self.raw_claims(&format!("{}x", good_claims())));
        add("a token in a token", self.raw_claims(&good));
        for header in ["", "null", "[]", "\"JWT\"", "{"] {
            add(&format!("the header {header:?}"), self.raw_header(header));
        }
        let open = |value: &Value| value.to_string().trim_end_matches('}').to_owned();
        for (name, twice) in [
            ("sub", "\"sub\":\"admin\""),
            ("exp", "\"exp\":1900000000"),
            ("iss", "\"iss\":\"https://issuer.example\""),
            ("permissions", "\"permissions\":[\"customers.approve\"]"),
            ("sub by escape", "\"\\u0073ub\":\"admin\""),
        ] {
            add(
                &format!("{name} twice in the claims"),
                self.raw_claims(&format!("{},{twice}}}", open(&good_claims()))),
            );
        }
        let header = open(&self.header());
        for twice in ["\"alg\":\"none\"", "\"typ\":\"JWT\""] {
            add(
                &format!("{twice} a second time in the header"),
                self.raw_header(&format!("{header},{twice}}}")),
            );
        }
    }

    pub(super) fn headers(&self, add: &mut impl FnMut(&str, String)) {
        for crit in [json!(["exp"]), json!([]), json!(["b64"]), json!(null), json!("exp")] {
            add(&format!("crit {crit}"), self.with_header("crit", crit));
        }
        for typ in
            ["logout+jwt", "secevent+jwt", "dpop+jwt", "id_token", "JOSE", "", "at+jwt ", "application/jwt+x"]
        {
            add(&format!("typ {typ:?}"), self.with_header("typ", typ.into()));
        }
        for typ in [json!(null), json!(1), json!(["JWT"])] {
            add(&format!("typ {typ}"), self.with_header("typ", typ));
        }
        for kid in [json!(null), json!(1), json!(["k1"]), json!({"k": 1}), json!(true)] {
            add(&format!("kid {kid}"), self.with_header("kid", kid));
        }
        if self.kid.is_some() {
            let long = "k".repeat(4000);
            for kid in [
                "",
                "K1",
                "k1 ",
                "k1\0",
                "k2",
                "../../../../dev/null",
                "k1' OR '1'='1",
                "http://127.0.0.1/k1",
                &long,
            ] {
                let shown: String = kid.chars().take(30).collect();
                add(&format!("kid {shown:?}"), self.with_header("kid", kid.into()));
            }
        }
        let untrusted = self.signer.untrusted();
        if !matches!(untrusted, Signer::Hmac(_)) {
            for (name, value) in [
                ("jwk", untrusted.jwk("k1")),
                ("jku", json!("http://127.0.0.1:1/jwks.json")),
                ("x5u", json!("http://127.0.0.1:1/chain.pem")),
                ("x5c", json!([encode(untrusted.pem())])),
            ] {
                let header = with(self.header(), name, value).to_string();
                add(
                    &format!("{name} of an untrusted key"),
                    untrusted.token(&header, &good_claims().to_string()),
                );
            }
        }
    }
}
