use std::fmt;
use std::io;

use client_app::ports::StoreError;
use object_store::Error;

/// The cause of a failure for the log: its kind, and the code of an S3 storage. The rest of a storage's message is left
/// out, because it can hold names and addresses.
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

/// The error of the port for a failure of the storage.
pub(crate) fn store_error(error: &Error) -> StoreError {
    match error {
        Error::AlreadyExists { .. } | Error::Precondition { .. } => taken(),
        _ => unavailable(kind(error), code(error)),
    }
}

/// The kind of a failure, as part of a sentence.
pub(crate) fn kind(error: &Error) -> &'static str {
    if code(error).as_deref() == Some("NoSuchBucket") {
        return "the location of files does not exist";
    }
    match error {
        Error::NotFound { .. } => "the location of files does not exist",
        Error::PermissionDenied { .. } => "the location of files denies access",
        Error::Unauthenticated { .. } => "the location of files does not accept the credentials",
        Error::NotImplemented { .. } | Error::NotSupported { .. } => {
            "the location of files does not support the operation"
        }
        Error::InvalidPath { .. } => "the location of files does not accept the name",
        _ => "the location of files failed or does not answer",
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

/// The error of the port for a failure of the file system.
pub(crate) fn io_error(error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::AlreadyExists => taken(),
        io::ErrorKind::NotFound => gone(),
        io::ErrorKind::PermissionDenied => unavailable("the folder of files denies access", None),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            unavailable("the disk of the folder of files is full", None)
        }
        io::ErrorKind::ReadOnlyFilesystem => unavailable("the folder of files is read-only", None),
        _ => unavailable("the folder of files failed", None),
    }
}

/// The key is taken: a key is used for one content only.
pub(crate) fn taken() -> StoreError {
    StoreError::Corrupt { what: "a content whose key is taken".to_owned() }
}

/// The location does not exist, or a location of another installation replaces it.
pub(crate) fn gone() -> StoreError {
    unavailable("the location of files does not exist, or does not belong to this database", None)
}

/// The marker is damaged. That is no [`StoreError::Corrupt`]: no content is lost, and operators can repair the marker.
pub(crate) fn corrupt_marker() -> StoreError {
    unavailable("the file `installation` of the location of files is damaged", None)
}

/// What the database has confirmed is no text.
pub(crate) fn corrupt_confirmed() -> StoreError {
    unavailable("the file `confirmed-commits` of the location of files is damaged", None)
}

/// An earlier operation has not ended.
pub(crate) fn hanging() -> StoreError {
    unavailable("the folder of files does not answer", None)
}

/// The thread of an operation ended early.
pub(crate) fn interrupted() -> StoreError {
    unavailable("the operation on the folder of files was interrupted", None)
}
