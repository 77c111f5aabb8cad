use std::fmt;

use super::invalid::Invalid;

/// The code of a reason in the catalogue of the bank: 1 to 40 letters, digits, underscores, hyphens and points of
/// ASCII, of which the first is a letter or a digit. Upper and lower case differ.
///
/// ```
/// use client_domain::value::ReasonCode;
///
/// assert_eq!(ReasonCode::parse("AML-1.2")?.as_str(), "AML-1.2");
/// for wrong in ["", "-AML", "two words", "forgé", &"x".repeat(41)] {
///     assert!(ReasonCode::parse(wrong).is_err());
/// }
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonCode(String);

impl ReasonCode {
    /// The maximum number of characters.
    pub const MAX: usize = 40;
    /// The rule as a regular expression.
    pub const PATTERN: &'static str = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$";

    /// Checks the rule.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let fits = raw.len() <= Self::MAX
            && raw.bytes().all(is_inner)
            && raw.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
        let wrong = Invalid::Format {
            expected: "1 to 40 letters, digits, underscores, hyphens and points, beginning with a letter or a digit",
        };
        if fits { Ok(Self(raw.to_owned())) } else { Err(wrong) }
    }

    /// The code as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::conversions::text_conversions!(ReasonCode, as_str);
