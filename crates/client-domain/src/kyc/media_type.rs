/// The media type of a file, detected from its bytes and not from its name.
///
/// ```
/// use client_domain::kyc::MediaType;
///
/// assert_eq!(MediaType::Pdf.name(), "application/pdf");
/// assert_eq!(MediaType::parse("image/png"), Some(MediaType::Png));
/// assert_eq!(MediaType::parse("text/html"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaType {
    /// A lossy picture, such as a photograph or a scan.
    Jpeg,
    /// A lossless picture.
    Png,
    /// A document with pages.
    Pdf,
}

impl MediaType {
    /// Every accepted type.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Pdf];

    /// The name that IANA registers: <https://www.iana.org/assignments/media-types>.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }

    /// The type with this exact name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media_type| media_type.name() == name)
    }
}

crate::conversions::name_conversions!(MediaType, "image/jpeg, image/png or application/pdf");
crate::conversions::display_name!(MediaType);
