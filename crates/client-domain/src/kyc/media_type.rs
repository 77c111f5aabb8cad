/// What a file is, as its bytes say and not its name.
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
    /// A photograph or scan.
    Jpeg,
    /// A picture without loss.
    Png,
    /// A document of pages.
    Pdf,
}

impl MediaType {
    /// Every type that is taken.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Pdf];

    /// The name that IANA registers: <https://www.iana.org/assignments/media-types>.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }

    /// The type with this name, which is compared to the letter.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media_type| media_type.name() == name)
    }
}
