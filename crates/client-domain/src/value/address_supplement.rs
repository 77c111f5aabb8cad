use super::text::text_value;

text_value! {
    /// What follows the first line of an address, such as a flat or a floor: 1 to 200 characters on one line.
    ///
    /// ```
    /// use client_domain::value::AddressSupplement;
    ///
    /// assert_eq!(AddressSupplement::parse("Flat 3")?.as_str(), "Flat 3");
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    AddressSupplement, Line, 1..=200, personal
}
