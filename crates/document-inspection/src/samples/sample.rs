use crate::media_type::MediaType;

/// A file and its result.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What the file is, in words.
    pub name: String,
    /// The extension that it is uploaded with, without a dot.
    pub extension: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The [`code`](crate::ContentRejection::code) of the rejection; none if it is accepted.
    pub rejection: Option<&'static str>,
}

impl Sample {
    /// The type that its extension stands for.
    pub fn media_type(&self) -> MediaType {
        MediaType::from_extension(self.extension).expect("samples have known extensions")
    }
}
