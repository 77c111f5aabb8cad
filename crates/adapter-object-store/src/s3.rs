//! S3-compatible storage: its address and its settings.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{ClientConfigKey, RetryConfig};

use crate::location::LocationError;
use crate::object_contents::ObjectContents;
use crate::traced_requests::TracedConnector;

/// The smallest part that S3 accepts is 5 MiB.
const PART_SIZE: usize = 5 * 1024 * 1024;

/// Opens `s3://bucket/prefix`. The `AWS_…` variables hold the keys, the region and the endpoint.
pub(crate) fn contents(
    text: &str,
    variables: impl IntoIterator<Item = (String, String)>,
    plain_http: bool,
) -> Result<ObjectContents, LocationError> {
    let text = text.strip_prefix("s3://").unwrap_or(text);
    let (bucket, prefix) = text.split_once('/').unwrap_or((text, ""));
    if bucket.is_empty() {
        return Err(LocationError::new("s3:// must name a bucket"));
    }
    let prefix = Path::parse(prefix)
        .map_err(|_| LocationError::new("s3:// must name a prefix without empty parts and dots"))?;
    // A request to the service has 30 seconds, so the retries must end before.
    let retry =
        RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(15), ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_retry(retry);
    builder = builder.with_http_connector(TracedConnector::default());
    for (name, value) in variables.into_iter().filter(|(name, _)| name.starts_with("AWS_")) {
        let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() else { continue };
        // Whether files may travel without protection is decided by the settings of the service alone.
        if matches!(
            key,
            AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp | ClientConfigKey::AllowInvalidCertificates)
        ) {
            continue;
        }
        // Both variables name an endpoint, and each must be right: which of them is used is decided elsewhere.
        let is_endpoint = matches!(key, AmazonS3ConfigKey::Endpoint | AmazonS3ConfigKey::S3Endpoint);
        if is_endpoint && !is_https(&value) {
            if !plain_http && !is_loopback(&value) {
                return Err(LocationError::new(
                    "AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_S3 may be http only on this machine; on a trusted network, \
                     --documents-plain-http on allows it",
                ));
            }
            builder = builder.with_allow_http(true);
        }
        builder = builder.with_config(key, value);
    }
    let store =
        builder.build().map_err(|_| LocationError::new("the AWS_… variables contradict each other"))?;
    Ok(ObjectContents::new(Arc::new(store), prefix, PART_SIZE))
}

fn is_https(address: &str) -> bool {
    address.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
}

fn is_loopback(address: &str) -> bool {
    signed_http::Address::parse_plain(address).is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_to_another_machine_needs_permission() {
        for here in ["http://127.0.0.1:5000", "http://localhost", "http://[::1]:9000/x"] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in [
            "http://10.0.0.1",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com:80",
            "http://localhost:1@example.com",
            "http://",
        ] {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
            for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"] {
                let variables = || {
                    [(name, elsewhere), ("AWS_ALLOW_HTTP", "true"), ("AWS_REGION", "eu")]
                        .map(|(name, value)| (name.to_owned(), value.to_owned()))
                };
                assert!(contents("s3://bucket/x", variables(), false).is_err(), "{name}");
                assert!(contents("s3://bucket/x", variables(), true).is_ok(), "{name}");
            }
        }
        assert!(contents("s3:///x", [], false).is_err());
    }
}
