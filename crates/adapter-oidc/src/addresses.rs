//! Where browsers are sent.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use client_app::ports::{SignInDemand, SignInSecrets};
use sha2::{Digest as _, Sha256};
use signed_http::reqwest::Url;

use crate::registration::Registration;

/// Where a browser signs in.
pub(crate) fn sign_in(
    endpoint: &Url,
    registration: &Registration,
    secrets: &SignInSecrets,
    demand: SignInDemand,
) -> String {
    let mut url = endpoint.clone();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&secrets.verifier));
    {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &registration.client_id)
            .append_pair("redirect_uri", &registration.signed_in)
            .append_pair("scope", &registration.scopes)
            .append_pair("state", &secrets.state)
            .append_pair("nonce", &secrets.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if let Some(max_age) = demand.max_age {
            query.append_pair("max_age", &max_age.as_secs().max(0).to_string());
        }
        if demand.anew {
            query.append_pair("prompt", "login");
        }
    }
    url.into()
}

/// Where a browser signs out. It names this program and no person, so nothing of the sign-in has to be kept, and no token
/// is in an address.
pub(crate) fn sign_out(endpoint: &Url, registration: &Registration) -> String {
    let mut url = endpoint.clone();
    url.query_pairs_mut()
        .append_pair("client_id", &registration.client_id)
        .append_pair("post_logout_redirect_uri", &registration.signed_out);
    url.into()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use token_verification::PermissionClaims;

    use super::*;

    fn registration() -> Registration {
        Registration {
            issuer: "https://id.bank.example".to_owned(),
            client_id: "the console".to_owned(),
            client_secret: Some("marker".to_owned()),
            scopes: "openid email".to_owned(),
            signed_in: "https://clients.bank.example/console/sign-in/callback".to_owned(),
            signed_out: "https://clients.bank.example/console/sign-in".to_owned(),
            permissions: PermissionClaims::default(),
            max_lifetime: None,
        }
    }

    #[test]
    fn an_address_holds_the_challenge_and_neither_the_verifier_nor_the_secret() {
        let endpoint = Url::parse("https://id.bank.example/auth?tenant=1").unwrap();
        // The example of RFC 7636, appendix B.
        let secrets = SignInSecrets {
            state: "s".repeat(64),
            nonce: "n".repeat(64),
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
        };
        let plain = sign_in(&endpoint, &registration(), &secrets, SignInDemand::default());
        assert!(
            plain.starts_with(
                "https://id.bank.example/auth?tenant=1&response_type=code&client_id=the+console&"
            )
        );
        assert!(plain.contains("&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&"), "{plain}");
        assert!(plain.contains("&code_challenge_method=S256") && !plain.contains("max_age"));
        assert!(!plain.contains(&secrets.verifier) && !plain.contains("marker"));
        let demand = SignInDemand { max_age: Some(SignedDuration::from_mins(5)), anew: true };
        let strict = sign_in(&endpoint, &registration(), &secrets, demand);
        assert!(strict.ends_with("&max_age=300&prompt=login"), "{strict}");
        let out = sign_out(&endpoint, &registration());
        assert!(
            out.ends_with("post_logout_redirect_uri=https%3A%2F%2Fclients.bank.example%2Fconsole%2Fsign-in")
        );
    }

    #[test]
    fn debug_output_holds_no_secret() {
        assert!(!format!("{:?}", registration()).contains("marker"));
    }
}
