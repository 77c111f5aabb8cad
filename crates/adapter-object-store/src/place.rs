use std::path::Path;
use std::sync::Arc;

use client_app::ports::{ContentBytes, ContentPlace, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::StreamExt as _;

use crate::FolderContents;

/// The name of the file that says which installation a place belongs to.
pub(crate) const MARKER: &str = "installation";
/// The name of the folder of what is to be deleted.
pub(crate) const TRASH: &str = "trash";
/// How many characters of a key name its folder: of the 12 that are its millisecond, so many that a folder has three days.
const FOLDER: usize = 5;

/// The folder of a key; names are made of keys and of nothing else.
pub(crate) fn folder_name(key: &ContentKey) -> &str {
    key.as_str().get(..FOLDER).unwrap_or_default()
}

/// Why a place for files cannot be used, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PlaceError(String);

impl PlaceError {
    pub(crate) fn new(sentence: &str) -> Self {
        Self(sentence.to_owned())
    }
}

/// A place that is open, and what is questionable about it.
pub struct OpenPlace {
    /// The place.
    pub place: Arc<dyn ContentPlace>,
    /// A sentence for the log, where something should be looked at.
    pub warning: Option<String>,
}

impl std::fmt::Debug for OpenPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenPlace").field("warning", &self.warning).finish_non_exhaustive()
    }
}

/// Opens a place and makes sure that it is there: a folder, `file:///…`, or `s3://bucket/prefix` with what the `AWS_…`
/// variables among these say. With `plain_http`, an `AWS_ENDPOINT_URL` of another machine may be http.
pub async fn open_place(
    place: &str,
    variables: impl IntoIterator<Item = (String, String)> + Send,
    plain_http: bool,
) -> Result<OpenPlace, PlaceError> {
    if place.starts_with("s3://") {
        let contents = s3(place, variables, plain_http)?;
        return contents.await;
    }
    if place.contains("://") && !place.starts_with("file://") {
        return Err(PlaceError::new("the place must be a folder, file:///… or s3://…"));
    }
    let folder = Path::new(place.strip_prefix("file://").unwrap_or(place));
    let contents = FolderContents::open(folder)?;
    Ok(OpenPlace { place: Arc::new(contents), warning: readable_by_others(folder) })
}

/// What is wrong with the mode of a folder of scans of passports.
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
    _place: &str,
    _variables: impl IntoIterator<Item = (String, String)>,
    _plain_http: bool,
) -> Result<std::future::Ready<Result<OpenPlace, PlaceError>>, PlaceError> {
    Err(PlaceError::new("this program was built without S3: build it with the feature s3"))
}

#[cfg(feature = "s3")]
fn s3(
    place: &str,
    variables: impl IntoIterator<Item = (String, String)>,
    plain_http: bool,
) -> Result<impl Future<Output = Result<OpenPlace, PlaceError>>, PlaceError> {
    let contents = crate::s3::contents(place, variables, plain_http)?;
    Ok(async move {
        contents.check().await?;
        Ok(OpenPlace { place: Arc::new(contents) as Arc<dyn ContentPlace>, warning: None })
    })
}

/// The bytes, which end with an error where they are fewer than there were when they were opened.
pub(crate) fn whole(bytes: ContentBytes, size: u64) -> ContentBytes {
    let state = (bytes, size, false);
    futures_util::stream::unfold(state, |(mut bytes, left, over)| async move {
        if over {
            return None;
        }
        match bytes.next().await {
            Some(Ok(piece)) => {
                let left = left.saturating_sub(piece.len() as u64);
                Some((Ok(piece), (bytes, left, false)))
            }
            Some(Err(error)) => Some((Err(error), (bytes, left, true))),
            None if left == 0 => None,
            None => {
                let what = "a content that was deleted while it was read".to_owned();
                Some((Err(StoreError::Corrupt { what }), (bytes, left, true)))
            }
        }
    })
    .boxed()
}
