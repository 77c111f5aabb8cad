use crate::limits::MAX_PIXELS;
use crate::rejection::ContentRejection;

/// Whether a picture of this width and height has pixels, and not too many.
pub(crate) fn check(width: u32, height: u32) -> Result<(), ContentRejection> {
    match u64::from(width) * u64::from(height) {
        0 => Err(ContentRejection::Truncated),
        pixels if pixels > MAX_PIXELS => Err(ContentRejection::TooManyPixels),
        _ => Ok(()),
    }
}
