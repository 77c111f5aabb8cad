//! An answer of the provider, within its limits.

use std::time::Duration;

use signed_http::reqwest::{Error, Response};
use signed_http::{Address, Timeouts, TlsUnavailable};

/// How long the provider may take. A person waits for it.
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(3), answer: Duration::from_secs(5) };
/// How many bytes an answer may have.
const MAX_BYTES: usize = 64 * 1024;

/// A client for requests to this address, which follows no redirect.
pub(crate) fn client(address: &Address) -> Result<signed_http::reqwest::Client, TlsUnavailable> {
    signed_http::client(address, TIMEOUTS)
}

/// The body of an answer, or a word that says what is wrong with it.
pub(crate) async fn body(mut response: Response) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if bytes.len() + chunk.len() > MAX_BYTES {
            return Err("answer_too_long");
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A word for an error of the library, whose own text holds the address.
pub(crate) fn failure(error: &Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "not_connected"
    } else {
        "broken_answer"
    }
}
