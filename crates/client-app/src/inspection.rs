//! Files of documents, inspected by `document-inspection`, in the words of this crate.

use client_domain::kyc::{FileExtension, MediaType};
use document_inspection::{ContentRejection, Inspection, MAX_PIXELS};

use crate::{Code, Item};

/// The greatest size of a file in bytes: 10 MiB.
pub use document_inspection::MAX_BYTES as MAX_CONTENT;

/// Begins the inspection of a file with this extension.
pub(crate) fn begin(extension: FileExtension) -> Inspection {
    Inspection::expecting(match extension.media_type() {
        MediaType::Jpeg => document_inspection::MediaType::Jpeg,
        MediaType::Png => document_inspection::MediaType::Png,
        MediaType::Pdf => document_inspection::MediaType::Pdf,
    })
}

/// What the caller learns about a file that is refused.
pub(crate) fn rejected(rejection: ContentRejection) -> Item {
    let code = match rejection {
        ContentRejection::Empty => Code::ContentEmpty,
        ContentRejection::TooLarge => Code::BodyTooLarge,
        ContentRejection::UnknownType(_) => Code::ContentUnknown,
        ContentRejection::TypeMismatch => {
            return Item::new(Code::ContentMismatch, "must be what the extension says");
        }
        ContentRejection::Truncated => Code::ContentTruncated,
        ContentRejection::TrailingData => Code::ContentTrailingData,
        ContentRejection::Archive => Code::ContentArchive,
        ContentRejection::ActiveContent(_) => Code::ContentActive,
        ContentRejection::Encrypted => Code::ContentEncrypted,
        ContentRejection::Expansion(_) => Code::ContentExpansion,
        ContentRejection::TooManyPixels => Code::ContentPixels,
    };
    let item = Item::new(code, rejection.to_string());
    match rejection {
        ContentRejection::TooLarge => item.detail("limit", MAX_CONTENT),
        ContentRejection::TooManyPixels => item.detail("max", MAX_PIXELS),
        _ => match rejection.found() {
            Some(found) => item.detail("found", found),
            None => item,
        },
    }
}
