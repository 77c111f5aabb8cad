use std::fmt;

/// A type of file that can be accepted.
///
/// ```
/// use document_inspection::MediaType;
///
/// assert_eq!(MediaType::Jpeg.as_str(), "image/jpeg");
/// assert_eq!(MediaType::from_extension("JPEG"), Some(MediaType::Jpeg));
/// assert_eq!(MediaType::from_extension("exe"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// JPEG, baseline or progressive (ITU-T T.81).
    Jpeg,
    /// PNG, also animated (W3C, Portable Network Graphics, third edition).
    Png,
    /// PDF (ISO 32000).
    Pdf,
}

impl MediaType {
    /// Every type.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Pdf];

    /// The name in the registry of IANA, as in `Content-Type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }

    /// The type that files with this extension should have: `jpg`, `jpeg`, `png` or `pdf` in any case, without a dot.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
