/// Why a file is refused.
///
/// ```
/// use client_app::inspection::Unfit;
///
/// assert_eq!(Unfit::Archive.code(), "content_archive");
/// assert_eq!(Unfit::Archive.to_string(), "must not contain an archive");
/// assert_eq!(Unfit::Active("/Launch").found(), Some("/Launch"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It has no bytes.
    #[error("must not be empty")]
    Empty,
    /// It has more bytes than a file may have.
    #[error("must have at most {} bytes", super::MAX_CONTENT)]
    TooLarge,
    /// It is none of the accepted types. Where it is a picture of another type, or a text document, its type.
    #[error("must be a JPEG, a PNG or a PDF by its first bytes{}", conversion(*.0))]
    Unknown(Option<&'static str>),
    /// It is another type than its extension says.
    #[error("must be what the extension says")]
    Mismatch,
    /// It ends before its end, or is not made of what such a file is made of.
    #[error("must be a whole file of its type that a viewer can show; save or scan it again")]
    Truncated,
    /// Something follows its end.
    #[error("must end where such a file ends; open it and save it again")]
    TrailingData,
    /// There is an archive in it.
    #[error("must not contain an archive")]
    Archive,
    /// There is something in it that runs or opens by itself; which of our rules found it.
    #[error(
        "must not contain scripts, programs, attached files or actions that start by themselves (found {0}); print \
         the document to a new PDF, or save the picture again without its metadata"
    )]
    Active(&'static str),
    /// It needs a password, or is encrypted in a way that we do not know.
    #[error("must open without a password; remove the protection, or print the document to a new PDF")]
    Encrypted,
    /// It unpacks to far more than it seems to hold; which of our limits it exceeds.
    #[error(
        "must not unpack to more than a viewer can hold ({0}); print or save it again at a lower resolution"
    )]
    Expansion(&'static str),
    /// It has more pixels than a picture may have.
    #[error("must have at most {} pixels; save the picture at a lower resolution", super::MAX_PIXELS)]
    TooManyPixels,
}

/// What to do with a file whose type is known but not accepted.
fn conversion(found: Option<&'static str>) -> String {
    found.map(|name| format!("; this one is {name}, convert it to JPEG or PDF")).unwrap_or_default()
}

impl Unfit {
    /// The codes of all reasons.
    pub const CODES: [&str; 11] = [
        "content_empty",
        "body_too_large",
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

    /// The stable name, in `snake_case`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "content_empty",
            Self::TooLarge => "body_too_large",
            Self::Unknown(_) => "content_unknown",
            Self::Mismatch => "content_mismatch",
            Self::Truncated => "content_truncated",
            Self::TrailingData => "content_trailing_data",
            Self::Archive => "content_archive",
            Self::Active(_) => "content_active",
            Self::Encrypted => "content_encrypted",
            Self::Expansion(_) => "content_expansion",
            Self::TooManyPixels => "content_pixels",
        }
    }

    /// Which rule found it, in a name of ours: never the bytes of the file.
    pub const fn found(self) -> Option<&'static str> {
        match self {
            Self::Unknown(found) => found,
            Self::Active(found) | Self::Expansion(found) => Some(found),
            _ => None,
        }
    }
}
