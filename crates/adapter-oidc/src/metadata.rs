//! What the provider says of itself (`OpenID` Connect Discovery), and what is demanded of it.

use serde::Deserialize;
use signed_http::Address;
use signed_http::reqwest::Url;
use token_verification::KeySourceError;

use crate::answer;

/// The algorithms of the keys that verify ID tokens.
const ALGORITHMS: [&str; 4] = ["RS256", "ES256", "EdDSA", "Ed25519"];

/// Why a provider cannot be used, as the rest of a sentence that begins with the setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The issuer is not an address that is asked.
    #[error("must be an https address (http only to this machine) without a query or a fragment")]
    Address,
    /// There is no discovery document.
    #[error("gives no discovery document at /.well-known/openid-configuration ({0})")]
    NoDocument(&'static str),
    /// The document cannot be used.
    #[error("has a discovery document that cannot be used: {0}")]
    Document(&'static str),
    /// Its keys cannot be used.
    #[error("has keys that cannot be used: {0}")]
    Keys(String),
}

impl ProviderError {
    /// Whether the provider may only be away: what is wrong can pass by itself. Any other error is one of the settings, or of a
    /// provider that must not be used.
    pub const fn is_away(&self) -> bool {
        matches!(self, Self::NoDocument(_) | Self::Keys(_))
    }
}

impl From<KeySourceError> for ProviderError {
    fn from(error: KeySourceError) -> Self {
        Self::Keys(error.to_string())
    }
}

/// The members of the document that matter here.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    response_types_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

/// How a client with a secret proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretIn {
    Header,
    Body,
}

/// A provider that can be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) authorization: Url,
    pub(crate) token: Address,
    pub(crate) keys: Address,
    pub(crate) end_session: Option<Url>,
    /// Whether every answer names its issuer (RFC 9207).
    pub(crate) names_itself: bool,
    pub(crate) secret_in: SecretIn,
}

impl Metadata {
    /// The address of an issuer that can be asked.
    pub(crate) fn address(issuer: &str) -> Result<Address, ProviderError> {
        let home = Address::parse(issuer).map_err(|_| ProviderError::Address)?;
        let url = home.url();
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err(ProviderError::Address);
        }
        Ok(home)
    }

    /// Asks the issuer.
    pub(crate) async fn of(issuer: &str) -> Result<Self, ProviderError> {
        let home = Self::address(issuer)?;
        let text = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let url = Url::parse(&text).map_err(|_| ProviderError::Address)?;
        let client = answer::client(&home).map_err(|_| ProviderError::NoDocument("TLS is not available"))?;
        let sent = signed_http::send(client.get(url).header("accept", "application/json")).await;
        let response = sent.map_err(|error| ProviderError::NoDocument(answer::failure(&error)))?;
        if response.status() != 200 {
            return Err(ProviderError::NoDocument("the status is not 200"));
        }
        let body = answer::body(response).await.map_err(ProviderError::NoDocument)?;
        Self::read(&body, issuer, &home)
    }

    fn read(body: &[u8], issuer: &str, home: &Address) -> Result<Self, ProviderError> {
        let document: Document = serde_json::from_slice(body).map_err(|_| {
            // A page of a proxy in front of the provider is an outage, and not a provider that lacks something.
            let is_document = serde_json::from_slice::<serde_json::Value>(body)
                .is_ok_and(|document| document.get("issuer").is_some());
            if is_document {
                ProviderError::Document("it does not have each endpoint once")
            } else {
                ProviderError::NoDocument("it is not JSON with an issuer")
            }
        })?;
        if document.issuer != issuer {
            return Err(ProviderError::Document("it names another issuer"));
        }
        let lacks = |list: &Option<Vec<String>>, any: &[&str]| {
            list.as_ref().is_some_and(|list| !list.iter().any(|one| any.contains(&one.as_str())))
        };
        if lacks(&document.response_types_supported, &["code"]) {
            return Err(ProviderError::Document("it does not support the response type code"));
        }
        if lacks(&document.code_challenge_methods_supported, &["S256"]) {
            return Err(ProviderError::Document("it does not support PKCE with S256"));
        }
        if lacks(&document.id_token_signing_alg_values_supported, &ALGORITHMS) {
            return Err(ProviderError::Document("it signs ID tokens with none of RS256, ES256 and EdDSA"));
        }
        let endpoint = |text: &str, wrong: &'static str| {
            let address = Address::parse(text).ok().filter(|address| {
                let url = address.url();
                // A provider elsewhere has no business on this machine, and none of it is sent in clear text.
                (url.scheme() == "https" || home.is_loopback()) && url.fragment().is_none()
            });
            address.ok_or(ProviderError::Document(wrong))
        };
        let methods = document.token_endpoint_auth_methods_supported;
        let in_body = lacks(&methods, &["client_secret_basic"]) && !lacks(&methods, &["client_secret_post"]);
        let end_session = document.end_session_endpoint;
        let end_session =
            end_session.map(|text| endpoint(&text, "its end_session_endpoint is not an https address"));
        Ok(Self {
            authorization: endpoint(
                &document.authorization_endpoint,
                "its authorization_endpoint is not an https address",
            )?
            .url(),
            token: endpoint(&document.token_endpoint, "its token_endpoint is not an https address")?,
            keys: endpoint(&document.jwks_uri, "its jwks_uri is not an https address")?,
            end_session: end_session.transpose()?.map(|address| address.url()),
            names_itself: document.authorization_response_iss_parameter_supported.unwrap_or(false),
            secret_in: if in_body { SecretIn::Body } else { SecretIn::Header },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://id.bank.example/realms/bank";

    fn read(change: &Value) -> Result<Metadata, ProviderError> {
        read_at(ISSUER, change)
    }

    fn read_at(issuer: &str, change: &Value) -> Result<Metadata, ProviderError> {
        let mut document = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth?tenant=1"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        });
        for (name, value) in change.as_object().unwrap() {
            document[name] = value.clone();
        }
        Metadata::read(document.to_string().as_bytes(), issuer, &Address::parse(issuer).unwrap())
    }

    #[test]
    fn a_document_with_the_endpoints_can_be_used() {
        let found = read(&json!({})).unwrap();
        assert_eq!((found.names_itself, found.secret_in), (false, SecretIn::Header));
        assert!(found.end_session.is_none());
        let all = json!({
            "response_types_supported": ["id_token", "code"], "code_challenge_methods_supported": ["plain", "S256"],
            "id_token_signing_alg_values_supported": ["none", "ES256"], "end_session_endpoint": "https://id.bank.example/out",
            "authorization_response_iss_parameter_supported": true,
            "token_endpoint_auth_methods_supported": ["client_secret_post"], "something_else": {},
        });
        let found = read(&all).unwrap();
        assert_eq!((found.names_itself, found.secret_in), (true, SecretIn::Body));
        assert!(found.end_session.is_some());
        for local in ["http://127.0.0.1:9000", "http://localhost/x"] {
            assert!(read_at(local, &json!({})).is_ok(), "{local}");
        }
    }

    #[test]
    fn a_document_that_is_weaker_or_of_another_issuer_is_refused() {
        let names = |member: &str, value: Value| read(&json!({ member: value })).unwrap_err();
        let refused = |member: &str, value: Value| {
            assert!(matches!(names(member, value), ProviderError::Document(_)), "{member}");
        };
        for other in ["https://id.bank.example/realms/bank/", "https://ID.bank.example/realms/bank", "", "x"]
        {
            assert_eq!(names("issuer", json!(other)), ProviderError::Document("it names another issuer"));
        }
        for endpoint in ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"] {
            for address in [
                "http://id.bank.example/x",
                "http://127.0.0.1/x",
                "http://169.254.169.254/",
                "file:///etc/passwd",
                "/keys",
                "",
                "https://id.bank.example/x#y",
            ] {
                refused(endpoint, json!(address));
            }
        }
        refused("token_endpoint", Value::Null);
        refused("jwks_uri", json!(["https://id.bank.example/x"]));
        refused("response_types_supported", json!(["id_token"]));
        refused("code_challenge_methods_supported", json!(["plain"]));
        refused("id_token_signing_alg_values_supported", json!(["none", "HS256"]));
        refused("authorization_response_iss_parameter_supported", json!("yes"));
        for page in [&b"<html>"[..], b"{}", b"[]"] {
            let error = Metadata::read(page, ISSUER, &Address::parse(ISSUER).unwrap()).unwrap_err();
            assert!(error.is_away(), "{error}");
        }
    }
}
