use super::text::text_value;

text_value! {
    /// Who issued a document: 2 to 100 characters on one line.
    ///
    /// ```
    /// use client_domain::value::IssuingAuthority;
    ///
    /// assert_eq!(IssuingAuthority::parse(" Immigration Service ")?.as_str(), "Immigration Service");
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    IssuingAuthority, Line, 2..=100, personal
}
