use super::invalid::Invalid;

/// The client's marital status, a number on the wire.
///
/// ```
/// use client_domain::value::{Invalid, MaritalStatus};
///
/// assert_eq!(MaritalStatus::from_number(2)?.name(), "Married");
/// assert_eq!(MaritalStatus::from_number(5), Err(Invalid::OutOfRange { min: 1, max: 4 }));
/// # Ok::<(), Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MaritalStatus {
    /// 1
    Single,
    /// 2
    Married,
    /// 3
    Divorced,
    /// 4
    Widowed,
}

impl MaritalStatus {
    /// Every choice, in the order of its number.
    pub const ALL: [Self; 4] = [Self::Single, Self::Married, Self::Divorced, Self::Widowed];

    /// Reads the number of a choice.
    pub fn from_number(number: i64) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|status| i64::from(status.number()) == number)
            .ok_or(Invalid::OutOfRange { min: 1, max: 4 })
    }

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Single => 1,
            Self::Married => 2,
            Self::Divorced => 3,
            Self::Widowed => 4,
        }
    }

    /// The English word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "Single",
            Self::Married => "Married",
            Self::Divorced => "Divorced",
            Self::Widowed => "Widowed",
        }
    }
}

crate::conversions::display_name!(MaritalStatus);
#[cfg(feature = "serde")]
crate::conversions::text_serde!(MaritalStatus, |status| status.name(), |text| {
    let known = Self::ALL.into_iter().find(|status| status.name() == text);
    known.ok_or_else(|| {
        serde::de::Error::custom(Invalid::Choice { choices: &["Single", "Married", "Divorced", "Widowed"] })
    })
});
