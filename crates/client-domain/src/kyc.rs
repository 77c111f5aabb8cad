//! Know your customer: identity documents and address information, their review, and when they run out.

mod content_key;
mod file_extension;
mod media_type;

pub use content_key::ContentKey;
pub use file_extension::FileExtension;
pub use media_type::MediaType;
