use jiff::civil::Date;

/// The rule that a rejected value broke, with the limits of the rule and never the value itself.
///
/// The message is for the person who typed the value; [`Invalid::code`] is for programs.
///
/// ```
/// use client_domain::value::{AddressLine, Invalid};
///
/// let error = AddressLine::parse("x").unwrap_err();
/// assert_eq!(error, Invalid::TooShort { min: 2 });
/// assert_eq!(error.code(), "too_short");
/// assert_eq!(error.to_string(), "must have at least 2 characters");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Fewer characters (Unicode scalar values, after trimming) than the minimum.
    #[error("must have at least {min} character{}", if *min == 1 { "" } else { "s" })]
    TooShort {
        /// The minimum number of characters.
        min: usize,
    },
    /// More characters than the maximum.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The maximum number of characters.
        max: usize,
    },
    /// Control characters, or characters that change the text direction.
    #[error("must not contain control or text-direction characters")]
    ControlCharacter,
    /// No visible character.
    #[error("must contain at least one visible character")]
    Invisible,
    /// Invisible characters in an identifier.
    #[error("must not contain invisible characters; type it instead of pasting it")]
    InvisibleCharacter,
    /// What stands in for the number of a document, such as `N/A`.
    #[error("must be the number that is printed on the document; N/A, 000, none and the like are no numbers")]
    Placeholder,
    /// Only signs, where letters and digits are compared.
    #[error("must contain a letter or a digit; other signs are not compared here")]
    NothingToCompare,
    /// Characters outside the alphabet of the value.
    #[error("may contain only {allowed}")]
    Characters {
        /// The allowed characters, in words.
        allowed: &'static str,
    },
    /// Not in the format of the value.
    #[error("must be {expected}")]
    Format {
        /// The expected format, in words.
        expected: &'static str,
    },
    /// A number of digits outside the limits.
    #[error("must have {min} to {max} digits")]
    DigitCount {
        /// The minimum number of digits.
        min: usize,
        /// The maximum number of digits.
        max: usize,
    },
    /// Not one of a closed list of choices.
    #[error("must be one of: {}", choices.join(", "))]
    Choice {
        /// The choices as they are spelled on the wire.
        choices: &'static [&'static str],
    },
    /// Not a country of ISO 3166-1.
    #[error("must be a country's English name or its ISO 3166 code")]
    UnknownCountry,
    /// A number outside the limits.
    #[error("{}", whole_number(*.min, *.max))]
    OutOfRange {
        /// The minimum.
        min: i64,
        /// The maximum.
        max: i64,
    },
    /// A date after today.
    #[error("must not be in the future")]
    InFuture,
    /// A date before the first one allowed.
    #[error("must not be before {earliest}")]
    TooEarly {
        /// The first date allowed.
        earliest: Date,
    },
}

/// The limits in words. A limit that comes only from the integer width is given as a number of digits.
fn whole_number(min: i64, max: i64) -> String {
    match (min, max) {
        (i64::MIN, i64::MAX) => "must be a whole number of at most 18 digits".to_owned(),
        (min, i64::MAX) => format!("must be a whole number from {min}, of at most 18 digits"),
        (min, max) => format!("must be a whole number from {min} to {max}"),
    }
}

impl Invalid {
    /// The stable name of the rule, in `snake_case`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter => "control_character",
            Self::Invisible => "invisible",
            Self::InvisibleCharacter => "invisible_character",
            Self::Placeholder => "placeholder",
            Self::NothingToCompare => "nothing_to_compare",
            Self::Characters { .. } => "characters",
            Self::Format { .. } => "format",
            Self::DigitCount { .. } => "digit_count",
            Self::Choice { .. } => "choice",
            Self::UnknownCountry => "unknown_country",
            Self::OutOfRange { .. } => "out_of_range",
            Self::InFuture => "in_future",
            Self::TooEarly { .. } => "too_early",
        }
    }
}
