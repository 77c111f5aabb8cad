/// The maximum size of a file in bytes: 10 MiB.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// The maximum number of pixels of a picture, width times height. The header of a picture of a few kilobytes can
/// announce billions of pixels, and a viewer allocates memory for all of them.
pub const MAX_PIXELS: u64 = 100_000_000;
