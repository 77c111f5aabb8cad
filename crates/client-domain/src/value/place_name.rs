use super::text_value;

text_value! {
    /// The name of a city or a state: 2 to 60 characters on one line.
    ///
    /// ```
    /// use client_domain::value::{Invalid, PlaceName};
    ///
    /// assert_eq!(PlaceName::parse("Ikeja")?.as_str(), "Ikeja");
    /// assert_eq!(PlaceName::parse("Y"), Err(Invalid::TooShort { min: 2 }));
    /// # Ok::<(), Invalid>(())
    /// ```
    PlaceName, Line, 2..=60, personal
}
