//! From a code to the ID token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_app::ports::SignInRefusal::{self, Spent, Unavailable, Unproven};
use form_urlencoded::{Serializer, byte_serialize};
use serde::Deserialize;
use signed_http::reqwest::{Client, Url};

use crate::answer;
use crate::metadata::SecretIn;
use crate::registration::Registration;

/// The endpoint that redeems codes.
pub(crate) struct CodeEndpoint {
    pub(crate) client: Client,
    pub(crate) url: Url,
    pub(crate) secret_in: SecretIn,
}

/// The members of an answer that matter here. The access token is not used, so it is not even kept.
#[derive(Deserialize)]
struct TokenAnswer {
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct ErrorAnswer {
    error: String,
}

impl CodeEndpoint {
    /// The ID token that the provider gives for this code.
    pub(crate) async fn redeem(
        &self,
        registration: &Registration,
        code: &str,
        verifier: &str,
    ) -> Result<String, SignInRefusal> {
        let (form, authorization) = self.form(registration, code, verifier);
        let mut request = self
            .client
            .post(self.url.clone())
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let response =
            signed_http::send(request).await.map_err(|error| Unavailable(answer::failure(&error)))?;
        let status = response.status().as_u16();
        let body = answer::body(response).await.map_err(Unavailable)?;
        match status {
            200 => {
                let answer: TokenAnswer =
                    serde_json::from_slice(&body).map_err(|_| Unavailable("answer_not_json"))?;
                answer.id_token.ok_or(Unproven("id_token_missing"))
            }
            400 | 401 | 403 => Err(refusal(&body)),
            300..=399 => Err(Unavailable("redirect")),
            _ => Err(Unavailable("status")),
        }
    }

    /// The form, and the header that proves which client sends it.
    fn form(&self, registration: &Registration, code: &str, verifier: &str) -> (String, Option<String>) {
        let id = &registration.client_id;
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &registration.signed_in)
            .append_pair("code_verifier", verifier);
        match (&registration.client_secret, self.secret_in) {
            (None, _) => {
                form.append_pair("client_id", id);
            }
            (Some(secret), SecretIn::Body) => {
                form.append_pair("client_id", id).append_pair("client_secret", secret);
            }
            (Some(secret), SecretIn::Header) => {
                // Both parts are encoded first (RFC 6749, section 2.3.1).
                let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let pair = format!("{}:{}", encoded(id), encoded(secret));
                return (form.finish(), Some(format!("Basic {}", STANDARD.encode(pair))));
            }
        }
        (form.finish(), None)
    }
}

/// Why the provider gives no token. Its own words are not kept.
fn refusal(body: &[u8]) -> SignInRefusal {
    match serde_json::from_slice::<ErrorAnswer>(body).ok().as_ref().map(|answer| answer.error.as_str()) {
        Some("invalid_grant") => Spent("invalid_grant"),
        // A code of another form than the provider's is in the hand of the browser.
        Some("invalid_request") => Spent("invalid_request"),
        Some("invalid_client" | "unauthorized_client") => Unavailable("client_refused"),
        Some(_) => Unavailable("request_refused"),
        None => Unavailable("status"),
    }
}

#[cfg(test)]
mod tests {
    use token_verification::PermissionClaims;

    use super::*;

    #[test]
    fn a_client_proves_who_it_is_in_the_way_that_the_provider_knows() {
        let url = Url::parse("https://id.bank.example/token").unwrap();
        let mut registration = Registration {
            issuer: "https://id.bank.example".to_owned(),
            client_id: "a:b".to_owned(),
            client_secret: None,
            scopes: "openid".to_owned(),
            signed_in: "https://x.example/cb".to_owned(),
            signed_out: String::new(),
            permissions: PermissionClaims::default(),
            max_lifetime: None,
        };
        let endpoint = |secret_in| CodeEndpoint { client: Client::new(), url: url.clone(), secret_in };
        let (form, header) = endpoint(SecretIn::Header).form(&registration, "c&d", "v");
        assert_eq!(
            form,
            "grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2Fx.example%2Fcb&code_verifier=v&client_id=a%3Ab"
        );
        assert_eq!(header, None);
        registration.client_secret = Some("p q".to_owned());
        let (form, header) = endpoint(SecretIn::Header).form(&registration, "c", "v");
        assert!(!form.contains("client_"), "{form}");
        assert_eq!(header, Some(format!("Basic {}", STANDARD.encode("a%3Ab:p+q"))));
        let (form, header) = endpoint(SecretIn::Body).form(&registration, "c", "v");
        assert!(form.ends_with("&client_id=a%3Ab&client_secret=p+q") && header.is_none(), "{form}");
    }

    #[test]
    fn a_code_that_was_redeemed_is_told_from_a_wrong_client() {
        assert_eq!(
            refusal(br#"{"error":"invalid_grant","error_description":"marker"}"#),
            Spent("invalid_grant")
        );
        assert_eq!(refusal(br#"{"error":"invalid_client"}"#), Unavailable("client_refused"));
        assert_eq!(refusal(br#"{"error":"marker"}"#), Unavailable("request_refused"));
        assert_eq!(refusal(b"<html>"), Unavailable("status"));
    }
}
