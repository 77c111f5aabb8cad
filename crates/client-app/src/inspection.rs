//! Inspects files of documents with `document-inspection`, in the types of this crate.

use client_domain::kyc::{FileExtension, MediaType};
use document_inspection::Inspection;

/// The maximum size of a file in bytes: 10 MiB.
pub use document_inspection::MAX_BYTES as MAX_CONTENT;
pub use document_inspection::{ContentRejection, MAX_PIXELS};

/// Starts the inspection of a file with this extension.
pub(crate) fn begin(extension: FileExtension) -> Inspection {
    Inspection::expecting(match extension.media_type() {
        MediaType::Jpeg => document_inspection::MediaType::Jpeg,
        MediaType::Png => document_inspection::MediaType::Png,
        MediaType::Pdf => document_inspection::MediaType::Pdf,
    })
}
