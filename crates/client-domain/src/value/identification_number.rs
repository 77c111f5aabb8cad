use std::fmt;

use super::invalid::Invalid;
use super::text::{Layout, parse_text};
use crate::text::{is_disguised, is_invisible, is_placeholder};

/// The number of a document: 3 to 40 characters on one line, as it was written.
///
/// What stands in for a number, such as `N/A`, `---` or `000`, is none. Two spellings of one number have the same
/// [normal form](crate::text::number), so a letter of another alphabet that only looks like a Latin letter or a digit is
/// refused.
///
/// ```
/// use client_domain::value::{IdentificationNumber, Invalid};
///
/// assert_eq!(IdentificationNumber::parse(" A0123 4567 ")?.as_str(), "A0123 4567");
/// assert_eq!(IdentificationNumber::parse("N/A"), Err(Invalid::Placeholder));
/// let cyrillic = IdentificationNumber::parse("\u{410}01234567");
/// assert!(matches!(cyrillic, Err(Invalid::Format { .. })), "its first letter looks like A");
/// # Ok::<(), Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentificationNumber(String);

impl IdentificationNumber {
    /// The minimum number of characters.
    pub const MIN: usize = 3;
    /// The maximum number of characters.
    pub const MAX: usize = 40;

    /// Drops what does not count at the ends, and checks the rule.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let bare = raw.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        if bare.is_empty() && !raw.trim().is_empty() {
            return Err(Invalid::Invisible);
        }
        let number = Self::restore(bare)?;
        if number.is_placeholder() {
            Err(Invalid::Placeholder)
        } else if is_disguised(&number.0) {
            Err(Invalid::Format {
                expected: "written with the letters A to Z and the digits 0 to 9 wherever its letters look like them, \
                           not with those of another alphabet",
            })
        } else {
            Ok(number)
        }
    }

    /// Reads a number that was stored. An earlier release stored placeholders too, and letters that only look Latin.
    pub fn restore(kept: &str) -> Result<Self, Invalid> {
        parse_text(kept, Layout::Identifier, Self::MIN, Self::MAX).map(Self)
    }

    /// Whether it stands in for a number; only one that was stored by an earlier release does.
    pub(crate) fn is_placeholder(&self) -> bool {
        is_placeholder(&self.0)
    }

    /// The number as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdentificationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for IdentificationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentificationNumber(***)")
    }
}

crate::conversions::text_conversions!(IdentificationNumber, as_str, restore);
