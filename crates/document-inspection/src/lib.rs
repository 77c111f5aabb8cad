#![doc = include_str!("../README.md")]

mod archive;
mod detect;
mod inflation;
mod inspection;
mod jpeg;
mod limits;
mod media_type;
mod pdf;
mod pixel_count;
mod png;
mod rejection;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod signatures;
mod tail;

pub use detect::detect;
pub use inspection::{Detection, Inspection, inspect};
pub use limits::{MAX_BYTES, MAX_PIXELS};
pub use media_type::MediaType;
pub use rejection::ContentRejection;
