use super::text::text_value;

text_value! {
    /// The reason of a decision: 1 to 250 characters, line breaks allowed.
    ///
    /// ```
    /// use client_domain::value::{Invalid, Reason};
    ///
    /// assert_eq!(Reason::parse("Forged passport")?.as_str(), "Forged passport");
    /// assert_eq!(Reason::parse(""), Err(Invalid::TooShort { min: 1 }));
    /// # Ok::<(), Invalid>(())
    /// ```
    Reason, Lines, 1..=250, personal
}
