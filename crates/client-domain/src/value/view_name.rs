use super::text::text_value;

text_value! {
    /// The name that a person gives to a saved search: 1 to 60 characters on one line.
    ///
    /// ```
    /// use client_domain::value::ViewName;
    ///
    /// assert_eq!(ViewName::parse(" Ikeja,  waiting ")?.as_str(), "Ikeja, waiting");
    /// assert!(ViewName::parse(&"x".repeat(61)).is_err());
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    ViewName, Line, 1..=60, personal
}
