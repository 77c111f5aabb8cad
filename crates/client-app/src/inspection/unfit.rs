/// Why a file is not taken.
///
/// ```
/// use client_app::inspection::Unfit;
///
/// assert_eq!(Unfit::Archive.code(), "content_archive");
/// assert_eq!(Unfit::Archive.to_string(), "must not hold an archive");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It has no bytes.
    #[error("must not be empty")]
    Empty,
    /// It has more bytes than a file may have.
    #[error("must have at most {} bytes", super::MAX_CONTENT)]
    TooLarge,
    /// It is none of the types that are taken.
    #[error("must be a JPEG, a PNG or a PDF by its first bytes")]
    Unknown,
    /// It is another type than its extension says.
    #[error("must be what the extension says")]
    Mismatch,
    /// It ends before its end, or is not made of what such a file is made of.
    #[error("must be a whole file of its type")]
    Truncated,
    /// Something follows its end.
    #[error("must end where such a file ends")]
    TrailingData,
    /// There is an archive in it.
    #[error("must not hold an archive")]
    Archive,
    /// There is something in it that runs or opens by itself.
    #[error("must not hold scripts, commands or other files")]
    Active,
    /// It has more pixels than a picture may have.
    #[error("must have at most {} pixels", super::MAX_PIXELS)]
    TooManyPixels,
}

impl Unfit {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Empty,
        Self::TooLarge,
        Self::Unknown,
        Self::Mismatch,
        Self::Truncated,
        Self::TrailingData,
        Self::Archive,
        Self::Active,
        Self::TooManyPixels,
    ];

    /// The stable name, in `snake_case`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "content_empty",
            Self::TooLarge => "body_too_large",
            Self::Unknown => "content_unknown",
            Self::Mismatch => "content_mismatch",
            Self::Truncated => "content_truncated",
            Self::TrailingData => "content_trailing_data",
            Self::Archive => "content_archive",
            Self::Active => "content_active",
            Self::TooManyPixels => "content_pixels",
        }
    }
}
