//! Certificates of tests: self-signed, made for one run.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const UTF8: u8 = 0x0c;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `ecdsa-with-SHA256`, with its tag.
const SIGNATURE: [u8; 10] = [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
/// `commonName`, with its tag.
const COMMON_NAME: [u8; 5] = [0x06, 3, 0x55, 4, 3];
/// `subjectAltName`, with its tag.
const OTHER_NAMES: [u8; 5] = [0x06, 3, 0x55, 0x1d, 0x11];

/// A certificate for `localhost`, and its key.
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    pub(crate) pem: String,
    pub(crate) key_pem: String,
}

/// A new certificate, whose issuer and subject have this name.
pub(crate) fn certificate(name: &str) -> Certificate {
    certificate_with(name, &[])
}

/// The same with one more extension, in DER.
pub(crate) fn certificate_with(name: &str, more: &[u8]) -> Certificate {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref()).unwrap();
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let algorithm = der(SEQUENCE, &[&SIGNATURE]);
    let named =
        der(SEQUENCE, &[&der(SET, &[&der(SEQUENCE, &[&COMMON_NAME, &der(UTF8, &[name.as_bytes()])])])]);
    let time = |text: &str| der(0x18, &[text.as_bytes()]);
    let days = der(SEQUENCE, &[&time("20200101000000Z"), &time("21200101000000Z")]);
    let hosts = der(SEQUENCE, &[&der(0x82, &[b"localhost"])]);
    let extension = der(SEQUENCE, &[&OTHER_NAMES, &der(OCTET_STRING, &[&hosts])]);
    let version = der(0xa0, &[&der(INTEGER, &[&[2]])]);
    let extensions = der(0xa3, &[&der(SEQUENCE, &[&extension, more])]);
    let content = der(
        SEQUENCE,
        &[&version, &der(INTEGER, &[&[1]]), &algorithm, &named, &days, &named, public.as_ref(), &extensions],
    );
    let signature = pair.sign(&random, &content).unwrap();
    let signed = der(SEQUENCE, &[&content, &algorithm, &der(BIT_STRING, &[&[0], signature.as_ref()])]);
    Certificate { pem: pem("CERTIFICATE", &signed), key_pem: pem("PRIVATE KEY", key.as_ref()), der: signed }
}

/// A value of DER.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut value = vec![tag];
    match u8::try_from(length) {
        Ok(short @ ..0x80) => value.push(short),
        Ok(long) => value.extend([0x81, long]),
        Err(_) => {
            value.extend([0x82, u8::try_from(length >> 8).unwrap(), u8::try_from(length & 0xff).unwrap()]);
        }
    }
    value.extend(content);
    value
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
