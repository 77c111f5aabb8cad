//! The paths: two that carry every command and query or one for each of them, files of documents, and the service.

mod batch_files;
mod body;
mod by_kind;
mod by_operation;
mod document_content;
mod export;
mod report;
mod service;
mod success;

use utoipa::openapi::{PathItem, Paths, PathsBuilder};

/// The paths as they are: the name in the body selects the command or query.
pub(crate) fn by_kind() -> Paths {
    with_others(by_kind::paths())
}

/// A path for each command and query.
pub(crate) fn by_operation() -> Paths {
    with_others(by_operation::paths())
}

fn with_others(paths: impl Iterator<Item = (String, PathItem)>) -> Paths {
    let files =
        document_content::paths().chain(batch_files::paths()).chain(export::paths()).chain(report::paths());
    let others = files.chain(service::paths());
    paths.chain(others).fold(PathsBuilder::new(), |paths, (path, item)| paths.path(path, item)).build()
}
