use super::text::text_value;

text_value! {
    /// A postal code in any country's format: 2 to 20 characters on one line.
    ///
    /// ```
    /// use client_domain::value::PostalCode;
    ///
    /// assert_eq!(PostalCode::parse("SW1A 1AA")?.as_str(), "SW1A 1AA");
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    PostalCode, Identifier, 2..=20, personal
}
