//! Fetches a key set from its address.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Url};

/// The maximum length of a key document.
pub(crate) const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TIMEOUT: Duration = Duration::from_secs(5);

/// A web address that answers a key set.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    url: Url,
    client: Client,
}

impl Address {
    /// Checks the address. Keys decide who may do what, so it uses TLS or is on this machine.
    pub(crate) fn parse(raw: &str) -> Result<Self, String> {
        let url = Url::parse(raw).map_err(|_| "is not a web address".to_owned())?;
        let local = url.host_str().is_some_and(signed_http::is_loopback);
        if url.scheme() != "https" && !(url.scheme() == "http" && local) {
            return Err("must be an https address (http only to this machine)".to_owned());
        }
        // A redirect could lead to another host, or off TLS.
        let client =
            Client::builder().redirect(Policy::none()).connect_timeout(CONNECT_TIMEOUT).timeout(TIMEOUT);
        let client = if local { client.no_proxy() } else { client };
        let client = client.build().map_err(|_| "cannot be fetched: TLS is not available".to_owned())?;
        Ok(Self { url, client })
    }

    /// The document at the address, if it answers 200 in time and is not too long.
    pub(crate) async fn fetch(&self) -> Result<Vec<u8>, String> {
        let request = self.client.get(self.url.clone()).header("accept", "application/json");
        let mut response = signed_http::send(request).await.map_err(|error| cause(&error))?;
        if response.status() != 200 {
            return Err(format!("answers with HTTP status {}", response.status().as_u16()));
        }
        let mut document = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| cause(&error))? {
            if document.len() + chunk.len() > MAX_DOCUMENT_BYTES {
                return Err("answers with more than 1 MiB".to_owned());
            }
            document.extend_from_slice(&chunk);
        }
        Ok(document)
    }
}

/// A text for the error. The text of the library contains the whole address, which may hold a secret.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "does not answer in time".to_owned()
    } else if error.is_connect() {
        "cannot be connected to".to_owned()
    } else {
        "does not answer properly".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_https_or_on_this_machine() {
        for good in [
            "https://issuer.example/keys",
            "https://10.0.0.1:8443/jwks.json?tenant=1",
            "http://localhost:8080/jwks",
            "http://127.0.0.1/jwks",
            "http://127.9.9.9/jwks",
            "http://[::1]:9/jwks",
        ] {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "issuer.example/keys",
            "http://issuer.example/keys",
            "http://localhost.example/keys",
            "http://127.0.0.1.example/keys",
            "http://user@issuer.example/#127.0.0.1",
            "http://10.0.0.1/keys",
            "http://0.0.0.0/keys",
            "file:///etc/keys",
            "ftp://localhost/keys",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }
}
