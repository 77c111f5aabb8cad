use super::text::text_value;

text_value! {
    /// The key of the branch a client belongs to: opaque text of 1 to 64 characters.
    ///
    /// ```
    /// use client_domain::value::BranchKey;
    ///
    /// assert_eq!(BranchKey::parse("8a8e86a5")?.as_str(), "8a8e86a5");
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    BranchKey, Identifier, 1..=64, open
}
