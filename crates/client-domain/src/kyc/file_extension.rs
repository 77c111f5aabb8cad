use super::media_type::MediaType;
use crate::value::Invalid;

/// The extension of a submitted file. It is one of four, so it can carry no path and no second extension.
///
/// ```
/// use client_domain::kyc::{FileExtension, MediaType};
///
/// assert_eq!(FileExtension::parse(".JPEG")?.media_type(), MediaType::Jpeg);
/// assert!(FileExtension::parse(".pdf.exe").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileExtension {
    /// `.jpg`
    Jpg,
    /// `.jpeg`
    Jpeg,
    /// `.png`
    Png,
    /// `.pdf`
    Pdf,
}

/// Picture formats of phones and scanners; the message says to convert them.
const PICTURES: [&str; 9] = [".heic", ".heif", ".avif", ".tif", ".tiff", ".webp", ".gif", ".bmp", ".jp2"];

impl FileExtension {
    /// Every accepted extension.
    pub const ALL: [Self; 4] = [Self::Jpg, Self::Jpeg, Self::Png, Self::Pdf];

    /// The names of the accepted extensions.
    pub const NAMES: &'static [&'static str] = &[".jpg", ".jpeg", ".png", ".pdf"];

    /// The extension with its dot.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpg => ".jpg",
            Self::Jpeg => ".jpeg",
            Self::Png => ".png",
            Self::Pdf => ".pdf",
        }
    }

    /// Reads an extension with its dot, in any case.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        const CONVERT: Invalid = Invalid::Format {
            expected: "one of .jpg, .jpeg, .png, .pdf; convert a HEIC, TIFF or WebP picture to JPEG or PDF",
        };
        let named = |name: &str| name.eq_ignore_ascii_case(raw.trim());
        let found = Self::ALL.into_iter().find(|extension| named(extension.name()));
        let is_picture = || PICTURES.iter().any(|name| named(name));
        found.ok_or_else(|| if is_picture() { CONVERT } else { Invalid::Choice { choices: Self::NAMES } })
    }

    /// The media type that a file with this extension must have.
    pub const fn media_type(self) -> MediaType {
        match self {
            Self::Jpg | Self::Jpeg => MediaType::Jpeg,
            Self::Png => MediaType::Png,
            Self::Pdf => MediaType::Pdf,
        }
    }
}

crate::conversions::text_conversions!(FileExtension, name);
crate::conversions::display_name!(FileExtension);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_the_extensions() {
        assert_eq!(FileExtension::ALL.map(FileExtension::name), FileExtension::NAMES);
    }

    #[test]
    fn rejected_picture_format_names_the_conversion() {
        for picture in [".heic", ".TIFF", " .webp"] {
            let message = FileExtension::parse(picture).unwrap_err().to_string();
            assert!(message.contains("convert") && message.contains("JPEG or PDF"), "{message}");
        }
    }

    #[test]
    fn only_four_extensions_are_accepted() {
        for trick in
            ["", ".", "pdf", ".exe", ".pdf.exe", ".pdf\0.png", "../.pdf", ".pdf/", ".p\u{202E}fd", ".svg"]
        {
            assert!(FileExtension::parse(trick).is_err(), "{trick:?}");
        }
    }
}
