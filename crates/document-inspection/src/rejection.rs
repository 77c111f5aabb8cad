/// Why a file is refused.
///
/// The text of [`Display`](std::fmt::Display) says what a file must be and how to get there, so that it can be shown to
/// the person who uploads it. No text repeats a byte of the file.
///
/// ```
/// use document_inspection::ContentRejection;
///
/// assert_eq!(ContentRejection::Archive.code(), "content_archive");
/// assert_eq!(ContentRejection::Archive.to_string(), "must not contain an archive");
/// assert_eq!(ContentRejection::ActiveContent("/Launch").found(), Some("/Launch"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentRejection {
    /// The file has no bytes.
    #[error("must not be empty")]
    Empty,
    /// The file has more than [`MAX_BYTES`](crate::MAX_BYTES) bytes.
    #[error("must have at most {} bytes", crate::limits::MAX_BYTES)]
    TooLarge,
    /// The file has none of the accepted types. Where its type is a known one that people often upload, such as a HEIC
    /// picture, the name of that type with its article.
    #[error("must be a JPEG, a PNG or a PDF by its first bytes{}", conversion(*.0))]
    UnknownType(Option<&'static str>),
    /// The file has an accepted type, but not the expected one.
    #[error("must be of the expected type")]
    TypeMismatch,
    /// The file ends before its end, or its structure is damaged.
    #[error("must be a whole file of its type that a viewer can show; save or scan it again")]
    Truncated,
    /// Data follows the end of the file.
    #[error("must end where such a file ends; open it and save it again")]
    TrailingData,
    /// The file contains an archive: ZIP, RAR, 7z or CAB.
    #[error("must not contain an archive")]
    Archive,
    /// The file contains something that runs or opens by itself; the name of the rule that found it.
    #[error(
        "must not contain scripts, programs, attached files or actions that start by themselves (found {0}); print \
         the document to a new PDF, or save the picture again without its metadata"
    )]
    ActiveContent(&'static str),
    /// The file needs a password, or is encrypted in an unknown way.
    #[error("must open without a password; remove the protection, or print the document to a new PDF")]
    Encrypted,
    /// The file expands to far more than its size promises; the name of the limit that it exceeds.
    #[error(
        "must not unpack to more than a viewer can hold ({0}); print or save it again at a lower resolution"
    )]
    Expansion(&'static str),
    /// The picture has more than [`MAX_PIXELS`](crate::MAX_PIXELS) pixels.
    #[error("must have at most {} pixels; save the picture at a lower resolution", crate::limits::MAX_PIXELS)]
    TooManyPixels,
}

/// What to do with a file whose type is known but not accepted.
fn conversion(found: Option<&'static str>) -> String {
    found.map(|name| format!("; this one is {name}, convert it to JPEG or PDF")).unwrap_or_default()
}

impl ContentRejection {
    /// The codes of all variants, in their order.
    pub const CODES: [&str; 11] = [
        "content_empty",
        "content_too_large",
        "content_unknown",
        "content_mismatch",
        "content_truncated",
        "content_trailing_data",
        "content_archive",
        "content_active",
        "content_encrypted",
        "content_expansion",
        "content_pixels",
    ];

    /// The stable name of the variant, in `snake_case`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "content_empty",
            Self::TooLarge => "content_too_large",
            Self::UnknownType(_) => "content_unknown",
            Self::TypeMismatch => "content_mismatch",
            Self::Truncated => "content_truncated",
            Self::TrailingData => "content_trailing_data",
            Self::Archive => "content_archive",
            Self::ActiveContent(_) => "content_active",
            Self::Encrypted => "content_encrypted",
            Self::Expansion(_) => "content_expansion",
            Self::TooManyPixels => "content_pixels",
        }
    }

    /// The name of the rule or limit that the file fails, or of its type; never bytes of the file.
    pub const fn found(self) -> Option<&'static str> {
        match self {
            Self::UnknownType(found) => found,
            Self::ActiveContent(found) | Self::Expansion(found) => Some(found),
            _ => None,
        }
    }
}
