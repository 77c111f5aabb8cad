use super::text_value;

text_value! {
    /// The number of the document that identifies the client: 3 to 40 characters on one line.
    ///
    /// ```
    /// use client_domain::value::IdentificationNumber;
    ///
    /// assert_eq!(IdentificationNumber::parse(" A0123 4567 ")?.as_str(), "A0123 4567");
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    IdentificationNumber, Identifier, 3..=40, personal
}
