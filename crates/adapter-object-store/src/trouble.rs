use std::fmt;
use std::io;

use client_app::ports::StoreError;
use object_store::Error;

/// The cause of a failure for the log: of what kind it is, and which code an S3 storage gave. What a storage says besides
/// can hold names and addresses.
#[derive(Debug)]
struct Cause(&'static str, Option<String>);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        self.1.as_ref().map_or(Ok(()), |code| write!(f, " ({code})"))
    }
}

impl std::error::Error for Cause {}

fn unavailable(what: &'static str, code: Option<String>) -> StoreError {
    StoreError::Unavailable(Some(Box::new(Cause(what, code))))
}

/// What a failure means.
pub(crate) fn trouble(error: &Error) -> StoreError {
    match error {
        Error::AlreadyExists { .. } | Error::Precondition { .. } => taken(),
        _ => unavailable(kind(error), code(error)),
    }
}

/// Of what kind a failure is, as half a sentence.
pub(crate) fn kind(error: &Error) -> &'static str {
    if code(error).as_deref() == Some("NoSuchBucket") {
        return "the place for files is not there";
    }
    match error {
        Error::NotFound { .. } => "the place for files is not there",
        Error::PermissionDenied { .. } => "the place for files denies access",
        Error::Unauthenticated { .. } => "the place for files does not accept the credentials",
        Error::NotImplemented { .. } | Error::NotSupported { .. } => "the place for files cannot do it",
        Error::InvalidPath { .. } => "the place for files takes no such name",
        _ => "the place for files failed or does not answer",
    }
}

/// The code in the answer of an S3 storage, such as `NoSuchBucket`.
pub(crate) fn code(error: &Error) -> Option<String> {
    let mut source: Option<&dyn std::error::Error> = Some(error);
    while let Some(cause) = source {
        let text = cause.to_string();
        let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        if let Some((code, _)) = code
            && !code.is_empty()
            && code.len() <= 64
            && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return Some(code.to_owned());
        }
        source = cause.source();
    }
    None
}

/// What a failure of the file system means.
pub(crate) fn of_io(error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::AlreadyExists => taken(),
        io::ErrorKind::NotFound => gone(),
        io::ErrorKind::PermissionDenied => unavailable("the folder for files denies access", None),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            unavailable("the disk of the folder for files is full", None)
        }
        io::ErrorKind::ReadOnlyFilesystem => unavailable("the folder for files can only be read", None),
        _ => unavailable("the folder for files failed", None),
    }
}

/// A key is used once.
pub(crate) fn taken() -> StoreError {
    StoreError::Corrupt { what: "a content whose key is taken".to_owned() }
}

/// The folder is not there, or another one is in its place.
pub(crate) fn gone() -> StoreError {
    unavailable("the place for files is not there, or not the one that belongs to this database", None)
}

/// Nothing is known to be lost, and operators can put the marker right, so it is no [`StoreError::Corrupt`].
pub(crate) fn corrupt_marker() -> StoreError {
    unavailable("the file `installation` of the place for files is damaged", None)
}

/// The last try to write has not ended.
pub(crate) fn hanging() -> StoreError {
    unavailable("the folder for files does not answer", None)
}

/// A thread that worked on the disk ended early.
pub(crate) fn stopped() -> StoreError {
    unavailable("the work on the folder for files was stopped", None)
}
