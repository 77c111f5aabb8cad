use super::invalid::Invalid;

/// Whether the client is a person or a company.
///
/// ```
/// use client_domain::value::CustomerType;
///
/// assert_eq!(CustomerType::default(), CustomerType::Individual);
/// assert_eq!(CustomerType::parse("corporate")?.name(), "Corporate");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CustomerType {
    /// A natural person.
    #[default]
    Individual,
    /// A company or another body.
    Corporate,
}

impl CustomerType {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::Individual, Self::Corporate];

    /// The names of the choices.
    pub const NAMES: &'static [&'static str] = &[Self::Individual.name(), Self::Corporate.name()];

    /// Reads the name of a choice, in any case.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(raw.trim()))
            .ok_or(Invalid::Choice { choices: Self::NAMES })
    }

    /// The name as it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Individual => "Individual",
            Self::Corporate => "Corporate",
        }
    }
}

crate::conversions::text_conversions!(CustomerType, name);
crate::conversions::display_name!(CustomerType);
