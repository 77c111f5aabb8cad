use super::text::text_value;

text_value! {
    /// One part of a person's or a company's name, in any script: 1 to 100 characters on one line.
    ///
    /// ```
    /// use client_domain::value::PersonName;
    ///
    /// for name in ["O'Brien", "李小龍", "Nguyễn Thị", "محمد", "X Æ A-12"] {
    ///     assert_eq!(PersonName::parse(name)?.as_str(), name);
    /// }
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    PersonName, Line, 1..=100, personal
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::Invalid;

    #[test]
    fn a_hundred_characters_are_the_limit_in_any_script() {
        assert!(PersonName::parse(&"語".repeat(100)).is_ok());
        assert_eq!(PersonName::parse(&"語".repeat(101)), Err(Invalid::TooLong { max: 100 }));
    }

    proptest! {
        #[test]
        fn debug_never_shows_a_name(raw in "[a-z]{4,50}") {
            let shown = format!("{:?}", PersonName::parse(&raw));
            prop_assert_eq!(shown, "Ok(PersonName(***))");
        }
    }
}
