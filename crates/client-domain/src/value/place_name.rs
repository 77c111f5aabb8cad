use super::text::text_value;

text_value! {
    /// The name of a city or a state: 1 to 60 characters on one line.
    ///
    /// ```
    /// use client_domain::value::{Invalid, PlaceName};
    ///
    /// assert_eq!(PlaceName::parse("Ikeja")?.as_str(), "Ikeja");
    /// assert_eq!(PlaceName::parse("Å")?.as_str(), "Å");
    /// assert_eq!(PlaceName::parse(" "), Err(Invalid::TooShort { min: 1 }));
    /// # Ok::<(), Invalid>(())
    /// ```
    PlaceName, Line, 1..=60, personal
}
