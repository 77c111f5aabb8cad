use super::invalid::Invalid;

/// The gender in the client's identification.
///
/// ```
/// use client_domain::value::Gender;
///
/// assert_eq!(Gender::parse("female")?, Gender::Female);
/// assert_eq!(Gender::Female.name(), "Female");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gender {
    /// `Male`.
    Male,
    /// `Female`.
    Female,
    /// `Other`.
    Other,
}

impl Gender {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Male, Self::Female, Self::Other];

    /// Reads the name of a choice, in any case.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|gender| gender.name().eq_ignore_ascii_case(raw.trim()))
            .ok_or(Invalid::Choice { choices: &["Male", "Female", "Other"] })
    }

    /// The name as it is stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Male => "Male",
            Self::Female => "Female",
            Self::Other => "Other",
        }
    }
}

crate::conversions::text_conversions!(Gender, name);
crate::conversions::display_name!(Gender);
