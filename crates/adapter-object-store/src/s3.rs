//! S3-compatible storage: where it is, and whether it is there.

use std::sync::Arc;
use std::time::Duration;

use object_store::RetryConfig;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;

use crate::ObjectContents;
use crate::place::PlaceError;

/// S3 takes parts of 5 MiB or more.
const PART: usize = 5 * 1024 * 1024;

/// `s3://bucket/prefix`, with what the `AWS_…` variables say of keys, region and endpoint.
pub(crate) fn contents(
    text: &str,
    variables: impl IntoIterator<Item = (String, String)>,
    plain_http: bool,
) -> Result<ObjectContents, PlaceError> {
    let text = text.strip_prefix("s3://").unwrap_or(text);
    let (bucket, prefix) = text.split_once('/').unwrap_or((text, ""));
    if bucket.is_empty() {
        return Err(PlaceError::new("s3:// must name a bucket"));
    }
    let prefix = Path::parse(prefix)
        .map_err(|_| PlaceError::new("s3:// must name a prefix without empty parts and dots"))?;
    // A request has half a minute, so trying again must end before.
    let retry =
        RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(15), ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_retry(retry);
    for (name, value) in variables.into_iter().filter(|(name, _)| name.starts_with("AWS_")) {
        let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() else { continue };
        if key == AmazonS3ConfigKey::Endpoint && value.starts_with("http://") {
            if !plain_http && !is_loopback(&value) {
                return Err(PlaceError::new(
                    "AWS_ENDPOINT_URL may be http on this machine only; --documents-plain-http on allows it elsewhere, \
                     where the network is trusted",
                ));
            }
            builder = builder.with_allow_http(true);
        }
        builder = builder.with_config(key, value);
    }
    let store = builder.build().map_err(|_| PlaceError::new("the AWS_… variables do not go together"))?;
    Ok(ObjectContents::new(Arc::new(store), prefix, PART))
}

fn is_loopback(address: &str) -> bool {
    let host = address.strip_prefix("http://").unwrap_or_default();
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host).trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine_unless_it_is_allowed() {
        for here in ["http://127.0.0.1:5000", "http://localhost", "http://[::1]:9000/x"] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in
            ["http://10.0.0.1", "http://127.0.0.1.example.com", "http://localhost.example.com:80", "http://"]
        {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
            let variables = || [("AWS_ENDPOINT_URL".to_owned(), elsewhere.to_owned())];
            assert!(contents("s3://bucket/x", variables(), false).is_err());
            assert!(contents("s3://bucket/x", variables(), true).is_ok());
        }
        assert!(contents("s3:///x", [], false).is_err());
    }
}
