//! What the tokens of these tests must name, and when.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use token_verification::{Clock, Expectations, KeySource, KeySourceError, Refresh, TokenVerifier};

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const SECRET: &[u8] = b"a secret of the tests, 32 bytes or more";
pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "clients-api";

pub(crate) fn expectations() -> Expectations {
    Expectations {
        issuer: Some(ISSUER.to_owned()),
        audience: Some(AUDIENCE.to_owned()),
        max_lifetime: Some(Duration::from_hours(1)),
        ..Expectations::default()
    }
}

pub(crate) async fn verifier(
    sources: Vec<KeySource>,
    refresh: Refresh,
) -> Result<TokenVerifier, KeySourceError> {
    let clock: Clock = Arc::new(|| Timestamp::from_second(NOW).unwrap());
    TokenVerifier::load(sources, expectations(), clock, refresh).await
}
