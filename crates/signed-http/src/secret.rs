use std::fmt;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The prefix of every secret.
const PREFIX: &str = "whsec_";
/// The lengths that Standard Webhooks allows, in bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;
/// How many secrets may be in use at a time. A rotation needs two, and one is a reserve.
const MAX_SECRETS: usize = 3;

/// The secrets that sign messages, as Standard Webhooks defines it.
///
/// During a rotation there are several, and a message carries one signature for each. A receiver accepts the message if
/// one of the signatures matches the secret that it knows.
///
/// ```
/// use signed_http::SigningSecrets;
///
/// // The example of Standard Webhooks.
/// let secrets = SigningSecrets::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let signed = secrets.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
/// assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
/// assert_eq!(format!("{secrets:?}"), "SigningSecrets(1)");
/// # Ok::<(), signed_http::SecretError>(())
/// ```
#[derive(Clone)]
pub struct SigningSecrets(Vec<Key>);

/// Why secrets cannot be used. The error does not repeat them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is none.
    #[error("holds no secret")]
    Missing,
    /// There are too many.
    #[error("holds more than 3 secrets")]
    TooMany,
    /// One is not `whsec_` followed by Base64.
    #[error("holds a secret that is not whsec_ followed by Base64")]
    Malformed,
    /// One is too short or too long.
    #[error("holds a secret that does not have 24 to 64 bytes")]
    Length,
}

impl SigningSecrets {
    /// Reads secrets with spaces or new lines between them, such as `whsec_… whsec_…`.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let keys = text.split_whitespace().map(key).collect::<Result<Vec<_>, _>>()?;
        match keys.len() {
            0 => Err(SecretError::Missing),
            1..=MAX_SECRETS => Ok(Self(keys)),
            _ => Err(SecretError::TooMany),
        }
    }

    /// The header `webhook-signature` of a message: one signature for each secret, with spaces between them.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let message = [id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body].concat();
        let signatures: Vec<_> =
            self.0.iter().map(|key| format!("v1,{}", STANDARD.encode(sign(key, &message)))).collect();
        signatures.join(" ")
    }

    /// Whether one of the signatures of a header `webhook-signature` was made of this message with one of these secrets.
    /// The comparison takes the same time wherever two signatures differ.
    ///
    /// ```
    /// use signed_http::SigningSecrets;
    ///
    /// let secrets = SigningSecrets::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
    /// let signed = secrets.sign("msg_1", 1_614_265_330, b"{}");
    /// assert!(secrets.verify("msg_1", 1_614_265_330, b"{}", &signed));
    /// assert!(!secrets.verify("msg_1", 1_614_265_330, b"{ }", &signed));
    /// # Ok::<(), signed_http::SecretError>(())
    /// ```
    pub fn verify(&self, id: &str, timestamp: i64, body: &[u8], signatures: &str) -> bool {
        let message = [id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body].concat();
        let signatures =
            signatures.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
        signatures
            .into_iter()
            .any(|signature| self.0.iter().any(|key| verify(key, &message, &signature).is_ok()))
    }
}

fn key(text: &str) -> Result<Key, SecretError> {
    let encoded = text.strip_prefix(PREFIX).ok_or(SecretError::Malformed)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| SecretError::Malformed)?;
    if LENGTHS.contains(&bytes.len()) { Ok(Key::new(HMAC_SHA256, &bytes)) } else { Err(SecretError::Length) }
}

impl fmt::Debug for SigningSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningSecrets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(bytes: usize) -> String {
        format!("{PREFIX}{}", STANDARD.encode(vec![7; bytes]))
    }

    #[test]
    fn secret_without_prefix_or_with_wrong_length_is_refused() {
        for bytes in [24, 32, 64] {
            assert!(SigningSecrets::parse(&secret(bytes)).is_ok());
        }
        for (text, error) in [
            (String::new(), SecretError::Missing),
            (" \n".to_owned(), SecretError::Missing),
            (secret(23), SecretError::Length),
            (secret(65), SecretError::Length),
            (STANDARD.encode([7; 32]), SecretError::Malformed),
            ("whsec_not base64".to_owned(), SecretError::Malformed),
            (vec![secret(32); 4].join(" "), SecretError::TooMany),
        ] {
            assert_eq!(SigningSecrets::parse(&text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn every_secret_signs_the_message() {
        let both = SigningSecrets::parse(&format!("{}\n{}\n", secret(24), secret(32))).unwrap();
        let signed = both.sign("id", 1, b"body");
        let single = [secret(24), secret(32)]
            .map(|secret| SigningSecrets::parse(&secret).unwrap().sign("id", 1, b"body"));
        assert_eq!(signed, single.join(" "));
        assert!(single.iter().all(|signature| both.verify("id", 1, b"body", signature)));
        let forged = ["", "v1,", "v2,AAAA", "v1,not base64", &single[0].replace("v1,", "")];
        assert!(forged.iter().all(|signature| !both.verify("id", 1, b"body", signature)));
        assert!(!both.verify("other", 1, b"body", &signed) && !both.verify("id", 2, b"body", &signed));
    }
}
