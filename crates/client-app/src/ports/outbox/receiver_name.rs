use std::borrow::Cow;
use std::fmt;

/// The name of a receiver of events.
///
/// ```
/// use client_app::ports::ReceiverName;
///
/// assert_eq!(ReceiverName::parse("fraud-desk").unwrap().as_str(), "fraud-desk");
/// assert_eq!(ReceiverName::parse("default"), Ok(ReceiverName::DEFAULT));
/// assert!(ReceiverName::parse("Fraud desk").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiverName(Cow<'static, str>);

/// A text that is no name of a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be {}", ReceiverName::EXPECTED)]
pub struct InvalidReceiverName;

impl ReceiverName {
    /// The receiver of every event, whether it is configured or not.
    pub const DEFAULT: Self = Self(Cow::Borrowed("default"));
    /// The maximum length of a name.
    pub const MAX: usize = 40;
    /// What a name is, for messages.
    pub const EXPECTED: &str = "1 to 40 lower-case letters, digits and hyphens, beginning with a letter";

    /// Reads a name.
    ///
    /// # Errors
    ///
    /// The text is empty, too long, or has another character.
    pub fn parse(text: &str) -> Result<Self, InvalidReceiverName> {
        let is_known = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let is_name = text.len() <= Self::MAX
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(is_known);
        if is_name { Ok(Self(Cow::Owned(text.to_owned()))) } else { Err(InvalidReceiverName) }
    }

    /// Reads a stored name.
    pub const fn from_stored(text: String) -> Self {
        Self(Cow::Owned(text))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the receiver of every event.
    pub fn is_default(&self) -> bool {
        *self == Self::DEFAULT
    }
}

impl fmt::Display for ReceiverName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
