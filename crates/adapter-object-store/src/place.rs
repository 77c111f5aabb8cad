use std::path::PathBuf;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path;

use crate::leftovers;

/// Why a place for files cannot be used, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PlaceError(String);

/// Where files are kept.
pub(crate) struct Place {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) prefix: Path,
    /// How much is gathered before it is sent: S3 takes parts of 5 MiB or more.
    pub(crate) part: usize,
}

impl Place {
    /// Reads where it is, and makes sure that a folder is there.
    pub(crate) fn read(
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, PlaceError> {
        if text.starts_with("s3://") {
            return s3(text, variables);
        }
        let folder = PathBuf::from(text.strip_prefix("file://").unwrap_or(text));
        if text.contains("://") && !text.starts_with("file://") {
            return Err(wrong("the place must be a folder, file:///… or s3://…"));
        }
        if !folder.is_dir() {
            return Err(wrong("the folder is not there"));
        }
        leftovers::clear(&folder).map_err(|_| wrong("the folder cannot be read"))?;
        let store =
            LocalFileSystem::new_with_prefix(&folder).map_err(|_| wrong("the folder cannot be used"))?;
        // What was answered is to survive a power cut, as a commit does.
        Ok(Self { store: Arc::new(store.with_fsync(true)), prefix: Path::default(), part: 256 * 1024 })
    }
}

fn wrong(sentence: &str) -> PlaceError {
    PlaceError(sentence.to_owned())
}

#[cfg(not(feature = "s3"))]
fn s3(_text: &str, _variables: impl IntoIterator<Item = (String, String)>) -> Result<Place, PlaceError> {
    Err(wrong("this program was built without S3: build it with the feature s3"))
}

/// `s3://bucket/prefix`, with what the `AWS_…` variables say of keys, region and endpoint.
#[cfg(feature = "s3")]
fn s3(text: &str, variables: impl IntoIterator<Item = (String, String)>) -> Result<Place, PlaceError> {
    use object_store::RetryConfig;
    use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};

    let (bucket, prefix) = text
        .strip_prefix("s3://")
        .unwrap_or(text)
        .split_once('/')
        .unwrap_or((text.strip_prefix("s3://").unwrap_or(text), ""));
    if bucket.is_empty() {
        return Err(wrong("s3:// must name a bucket"));
    }
    let prefix =
        Path::parse(prefix).map_err(|_| wrong("s3:// must name a prefix without empty parts and dots"))?;
    // A request has half a minute, so trying again must end before.
    let retry = RetryConfig {
        max_retries: 3,
        retry_timeout: std::time::Duration::from_secs(15),
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_retry(retry);
    for (name, value) in variables.into_iter().filter(|(name, _)| name.starts_with("AWS_")) {
        let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() else { continue };
        if key == AmazonS3ConfigKey::Endpoint && value.starts_with("http://") {
            if !is_loopback(&value) {
                return Err(wrong("AWS_ENDPOINT_URL may be http on this machine only"));
            }
            builder = builder.with_allow_http(true);
        }
        builder = builder.with_config(key, value);
    }
    let store = builder.build().map_err(|_| wrong("the AWS_… variables do not go together"))?;
    Ok(Place { store: Arc::new(store), prefix, part: 5 * 1024 * 1024 })
}

#[cfg(feature = "s3")]
fn is_loopback(address: &str) -> bool {
    let host = address.strip_prefix("http://").unwrap_or_default();
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host).trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(all(test, feature = "s3"))]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for here in ["http://127.0.0.1:5000", "http://localhost", "http://[::1]:9000/x"] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in
            ["http://10.0.0.1", "http://127.0.0.1.example.com", "http://localhost.example.com:80", "http://"]
        {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
            let variables = [("AWS_ENDPOINT_URL".to_owned(), elsewhere.to_owned())];
            assert!(Place::read("s3://bucket/x", variables).is_err());
        }
        assert!(Place::read("s3:///x", []).is_err());
    }
}
