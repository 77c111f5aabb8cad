use super::text::text_value;

text_value! {
    /// Street, house and other lines of an address: 2 to 200 characters, line breaks allowed.
    ///
    /// ```
    /// use client_domain::value::AddressLine;
    ///
    /// assert_eq!(AddressLine::parse("12 Marina Road\r\nFlat 3")?.as_str(), "12 Marina Road\nFlat 3");
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    AddressLine, Lines, 2..=200, personal
}
