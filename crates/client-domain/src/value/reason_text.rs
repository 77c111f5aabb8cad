use super::text::text_value;

text_value! {
    /// What a [`ReasonCode`](super::ReasonCode) means, as people read it: 1 to 100 characters on one line.
    ///
    /// ```
    /// use client_domain::value::ReasonText;
    ///
    /// assert_eq!(ReasonText::parse("The document is forged")?.as_str(), "The document is forged");
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    ReasonText, Line, 1..=100, open
}
