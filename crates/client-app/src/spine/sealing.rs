use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, Nonce};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::ports::idempotency::{Fingerprint, RequestKey, StoredData};
use crate::ports::outbox::EventId;
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;
use crate::request_digest::RequestSecret;

/// A request with an idempotency key: the scope of its outcome, and the secret that seals its reply.
pub(super) struct KeyedRequest {
    pub(super) key: RequestKey,
    pub(super) fingerprint: Fingerprint,
    secret: RequestSecret,
}

impl KeyedRequest {
    /// The request of this context, if it has an idempotency key.
    pub(super) fn of(
        context: &RequestContext,
        command: &'static str,
        digest: &(dyn Fn() -> RequestDigest + Send + Sync),
    ) -> Option<Self> {
        let key = context.idempotency_key.clone()?;
        let key = RequestKey { actor: context.caller.actor.id.clone(), command: command.to_owned(), key };
        Some(Self::new(key, &digest()))
    }

    fn new(key: RequestKey, digest: &RequestDigest) -> Self {
        Self { key, fingerprint: digest.fingerprint(), secret: digest.secret() }
    }

    /// Encrypts the data of a reply. Only a caller with the same request can decrypt it; a reader of the
    /// database, who has neither the body nor anything derived from it, cannot. `None` if the data is too
    /// large for the cipher (256 GiB).
    pub(super) fn seal(&self, attempt: &EventId, data: &Value) -> Option<StoredData> {
        let sealed = self.cipher(attempt).encrypt(&Nonce::default(), data.to_string().as_bytes()).ok()?;
        Some(StoredData::Sealed(BASE64_URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// Decrypts the data of a stored reply; `None` if another request sealed it or it is damaged.
    pub(super) fn open(&self, attempt: Option<&EventId>, data: StoredData) -> Option<Value> {
        match data {
            StoredData::Plain(data) => Some(data),
            StoredData::Sealed(text) => {
                let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
                let bytes = self.cipher(attempt?).decrypt(&Nonce::default(), &*sealed).ok()?;
                serde_json::from_slice(&bytes).ok()
            }
        }
    }

    /// Each attempt has its own key, and at most one of the replies that it seals is stored. So the nonce may
    /// be constant.
    fn cipher(&self, attempt: &EventId) -> ChaCha20Poly1305 {
        let mut hasher = Sha256::new_with_prefix(self.secret.0);
        let RequestKey { actor, command, key } = &self.key;
        for part in [actor.as_str(), command, key.as_str(), attempt.as_str()] {
            hasher.update(part.len().to_be_bytes());
            hasher.update(part);
        }
        ChaCha20Poly1305::new(&hasher.finalize().0.into())
    }
}

#[cfg(test)]
mod tests {
    use client_domain::ActorId;
    use serde_json::json;

    use super::*;
    use crate::IdempotencyKey;

    fn request(actor: &str, key: &str, body: &Value) -> KeyedRequest {
        let key = RequestKey {
            actor: ActorId::parse(actor).unwrap(),
            command: "CreateContactCommand".to_owned(),
            key: IdempotencyKey::parse(key).unwrap(),
        };
        let mut digest = RequestDigest::new();
        digest.update(body.to_string().as_bytes());
        KeyedRequest::new(key, &digest)
    }

    #[test]
    fn only_the_same_request_decrypts_its_reply() {
        let body = json!({ "lastName": "Okafor" });
        let data = json!({ "contactEncodedKey": "8a1", "idNumber": "A01234567" });
        let (first, second) = (EventId::from_bits(1), EventId::from_bits(2));
        let sealed = request("maker", "k-1", &body).seal(&first, &data).unwrap();
        assert!(!sealed.to_json().contains("A01234567"));
        let opened = |request: KeyedRequest, attempt| request.open(attempt, sealed.clone());
        assert_eq!(opened(request("maker", "k-1", &body), Some(&first)), Some(data.clone()));
        assert_eq!(opened(request("maker", "k-2", &body), Some(&first)), None);
        assert_eq!(opened(request("maker-2", "k-1", &body), Some(&first)), None);
        assert_eq!(opened(request("maker", "k-1", &json!({ "lastName": "Okoro" })), Some(&first)), None);
        assert_eq!(opened(request("maker", "k-1", &body), Some(&second)), None);
        assert_eq!(opened(request("maker", "k-1", &body), None), None);
        assert_ne!(request("maker", "k-1", &body).seal(&second, &data), Some(sealed));
    }

    #[test]
    fn plain_replies_of_older_releases_are_read() {
        let body = json!({});
        let data = json!({ "id": "CUST0000001" });
        assert_eq!(request("maker", "k-1", &body).open(None, StoredData::Plain(data.clone())), Some(data));
    }

    #[test]
    fn damaged_reply_is_not_decrypted() {
        let attempt = EventId::from_bits(1);
        let request = request("maker", "k-1", &json!({}));
        let Some(StoredData::Sealed(text)) = request.seal(&attempt, &json!({ "a": 1 })) else {
            panic!("not sealed")
        };
        for damaged in [String::new(), "!".to_owned(), text[1..].to_owned(), format!("A{}", &text[1..])] {
            if damaged != text {
                assert_eq!(request.open(Some(&attempt), StoredData::Sealed(damaged)), None);
            }
        }
    }
}
