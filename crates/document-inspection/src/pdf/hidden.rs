//! Objects where none should be. A reader finds an object by its offset and begins there, also in the middle of a
//! string, a comment or the bytes of a stream; so an object that begins in one of those is refused.

use super::characters::is_regular;
use crate::rejection::ContentRejection;

/// Searches for `5 0 obj`.
#[derive(Default)]
pub(super) struct Hidden {
    before: Before,
    matched: u8,
}

/// What stands before the next character, blanks apart.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Before {
    #[default]
    Anything,
    Digit,
    /// The beginning of a line, before which there may be a comment.
    Line,
}

impl Hidden {
    /// Starts again, at the beginning of a line or not.
    pub(super) fn restart(&mut self, is_line: bool) {
        *self = Self { before: if is_line { Before::Line } else { Before::Anything }, matched: 0 };
    }

    pub(super) fn push(&mut self, byte: u8) -> Result<(), ContentRejection> {
        match (self.matched, byte) {
            (0, b'o') if self.before != Before::Anything => self.matched = 1,
            (1, b'b') => self.matched = 2,
            (2, b'j') => self.matched = 3,
            (3, _) if !is_regular(byte) => return Err(ContentRejection::ActiveContent("hidden object")),
            _ => {
                self.matched = 0;
                self.before = match (byte, self.before) {
                    (b'0'..=b'9', _) => Before::Digit,
                    (b'\n' | b'\r', Before::Anything) => Before::Line,
                    (0 | 9 | 10 | 12 | 13 | b' ', before) => before,
                    _ => Before::Anything,
                };
            }
        }
        Ok(())
    }
}
