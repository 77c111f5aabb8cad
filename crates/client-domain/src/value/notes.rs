use super::text::text_value;

text_value! {
    /// A remark that goes with a decision: up to 500 characters, line breaks allowed.
    ///
    /// ```
    /// use client_domain::value::Notes;
    ///
    /// assert_eq!(Notes::parse("seen in person\nboth documents in order")?.as_str().lines().count(), 2);
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    Notes, Lines, 0..=500, personal
}
