use super::text::text_value;

text_value! {
    /// The type of the document that identifies the client, in the bank's own words: 2 to 60 characters.
    ///
    /// ```
    /// use client_domain::value::IdentificationType;
    ///
    /// assert_eq!(IdentificationType::parse("International Passport")?.as_str(), "International Passport");
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    IdentificationType, Line, 2..=60, open
}
