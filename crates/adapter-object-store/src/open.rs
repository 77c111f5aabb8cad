use std::path::Path;
use std::sync::Arc;

use client_app::ports::ContentLocation;

use crate::folder_contents::FolderContents;
use crate::location::LocationError;

/// An open location, with a warning about it if there is one.
pub struct OpenLocation {
    /// The files at the location.
    pub contents: Arc<dyn ContentLocation>,
    /// A sentence for the log, about something that an operator should check.
    pub warning: Option<String>,
}

impl std::fmt::Debug for OpenLocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenLocation").field("warning", &self.warning).finish_non_exhaustive()
    }
}

/// Opens a location, and fails if it does not exist: a folder, `file:///…`, or `s3://bucket/prefix`, which reads the `AWS_…`
/// variables in `variables`. With `plain_http`, an `AWS_ENDPOINT_URL` of another machine may be http.
pub async fn open_location(
    location: &str,
    variables: impl IntoIterator<Item = (String, String)> + Send,
    plain_http: bool,
) -> Result<OpenLocation, LocationError> {
    if location.starts_with("s3://") {
        let contents = s3(location, variables, plain_http)?;
        return contents.await;
    }
    let folder = folder(location)?;
    let contents = FolderContents::open(folder)?;
    Ok(OpenLocation { contents: Arc::new(contents), warning: readable_by_others(folder) })
}

/// Whether a location can be opened, as far as this machine alone can tell: a folder exists, the settings of S3 fit together.
///
/// # Errors
///
/// What is wrong, as [`open_location`] says it.
///
/// ```
/// use adapter_object_store::check_location;
///
/// assert!(check_location("/no/such/folder", [], false).is_err());
/// assert!(check_location("ftp://host/folder", [], false).is_err());
/// ```
pub fn check_location(
    location: &str,
    variables: impl IntoIterator<Item = (String, String)> + Send,
    plain_http: bool,
) -> Result<(), LocationError> {
    if location.starts_with("s3://") {
        return check_s3(location, variables, plain_http);
    }
    folder(location).and_then(FolderContents::open).map(drop)
}

/// The folder of a location that is none of S3.
fn folder(location: &str) -> Result<&Path, LocationError> {
    if location.contains("://") && !location.starts_with("file://") {
        return Err(LocationError::new("the location must be a folder, file:///… or s3://…"));
    }
    Ok(Path::new(location.strip_prefix("file://").unwrap_or(location)))
}

/// A warning if other accounts can read the folder: it holds scans of passports.
#[cfg(unix)]
fn readable_by_others(folder: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = std::fs::metadata(folder).ok()?.permissions().mode() & 0o777;
    (mode & 0o007 != 0).then(|| {
        format!("every account of this machine has access to the folder (mode {mode:03o}); chmod it to 700")
    })
}

#[cfg(not(unix))]
fn readable_by_others(_folder: &Path) -> Option<String> {
    None
}

#[cfg(not(feature = "s3"))]
fn s3(
    _location: &str,
    _variables: impl IntoIterator<Item = (String, String)>,
    _plain_http: bool,
) -> Result<std::future::Ready<Result<OpenLocation, LocationError>>, LocationError> {
    Err(LocationError::new("this program was built without S3: build it with the feature s3"))
}

#[cfg(not(feature = "s3"))]
fn check_s3(
    location: &str,
    variables: impl IntoIterator<Item = (String, String)> + Send,
    plain_http: bool,
) -> Result<(), LocationError> {
    s3(location, variables, plain_http).map(drop)
}

#[cfg(feature = "s3")]
fn check_s3(
    location: &str,
    variables: impl IntoIterator<Item = (String, String)> + Send,
    plain_http: bool,
) -> Result<(), LocationError> {
    crate::s3::contents(location, variables, plain_http).map(drop)
}

#[cfg(feature = "s3")]
fn s3(
    location: &str,
    variables: impl IntoIterator<Item = (String, String)>,
    plain_http: bool,
) -> Result<impl Future<Output = Result<OpenLocation, LocationError>>, LocationError> {
    let contents = crate::s3::contents(location, variables, plain_http)?;
    Ok(async move {
        contents.check().await?;
        Ok(OpenLocation { contents: Arc::new(contents) as Arc<dyn ContentLocation>, warning: None })
    })
}
