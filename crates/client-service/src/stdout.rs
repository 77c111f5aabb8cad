//! Standard output.

use std::io::Write as _;

/// Prints a result. A reader that has closed the pipe, such as `head`, is not an error.
pub(crate) fn print(text: &str) {
    let _ = prints(text);
}

/// Prints a part of a result, and says whether there is a reader for more.
pub(crate) fn prints(text: &str) -> bool {
    let mut output = std::io::stdout();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).is_ok()
}
