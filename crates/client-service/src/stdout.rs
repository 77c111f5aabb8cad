//! Standard output.

use std::io::Write as _;

/// Prints a result. A reader that has closed the pipe, such as `head`, is not an error.
pub(crate) fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
